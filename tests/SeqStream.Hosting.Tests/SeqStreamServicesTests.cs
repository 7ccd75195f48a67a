using Microsoft.Extensions.DependencyInjection;
using SeqStream.Contracts;
using SeqStream.Hosting.Catalog;
using SeqStream.Pipeline;

namespace SeqStream.Hosting.Tests;

public sealed class SeqStreamServicesTests
{
    [Fact]
    public async Task A_container_gives_one_engine_that_serves_the_named_model()
    {
        await using ServiceProvider services = new ServiceCollection().AddSeqStream("activity").BuildServiceProvider();
        StreamEngine engine = services.GetRequiredService<StreamEngine>();
        Assert.Same(engine, services.GetRequiredService<StreamEngine>());
        await engine.WriteAsync("wearer", [40, 1, 15, 1, 16, 1], TestContext.Current.CancellationToken);
        engine.Frames.Complete();
        Emission emission = await engine.Emissions.ReadAsync(TestContext.Current.CancellationToken);
        Assert.Contains(emission.Label, services.GetRequiredService<LoadedModel>().Card.Labels);
    }

    [Fact]
    public void Options_out_of_range_are_refused_at_registration()
        => Assert.Throws<ArgumentException>(() => new ServiceCollection().AddSeqStream("activity", new EngineOptions { MaxBatch = 0 }));
}
