using Microsoft.Extensions.DependencyInjection;
using SeqStream.Contracts;
using SeqStream.Hosting.Catalog;
using SeqStream.Pipeline;

namespace SeqStream.Hosting;

/// <summary>Adds SeqStream to a dependency injection container.</summary>
public static class SeqStreamServices
{
    /// <summary>
    /// Registers a <see cref="LoadedModel"/> and a <see cref="StreamEngine"/> that serves it, both singletons, loaded and started when first asked for and
    /// disposed with the container. An <see cref="IFaultReporter"/> and a <see cref="TimeProvider"/> are used if they are registered.
    /// </summary>
    /// <param name="services">The container's services.</param>
    /// <param name="model">A name under <c>models/</c>, a model folder, or an <c>.onnx</c> file.</param>
    /// <param name="engine">Threads, batch and queue sizes; null for the defaults.</param>
    /// <param name="load">Executor and device; null for the defaults.</param>
    public static IServiceCollection AddSeqStream(this IServiceCollection services, string model, EngineOptions? engine = null, ModelLoadOptions? load = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(model);
        (engine ?? new EngineOptions()).Validate();
        services.AddSingleton(_ => ModelLoader.Load(ModelCatalog.Find().Resolve(model), load));
        services.AddSingleton(provider => new StreamEngine(
            provider.GetRequiredService<LoadedModel>().Stages,
            engine,
            provider.GetService<IFaultReporter>(),
            provider.GetService<TimeProvider>()));
        return services;
    }
}
