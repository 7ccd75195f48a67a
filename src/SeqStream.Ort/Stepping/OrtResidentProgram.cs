using SeqStream.Contracts;
using SeqStream.Ort.Native;

namespace SeqStream.Ort.Stepping;

/// <summary>
/// A step model loaded so that the states of its streams stay in the memory of the device that runs it: a step moves inputs, outputs and the numbers of the streams,
/// nothing else. Immutable; any thread may use it.
/// </summary>
public sealed class OrtResidentProgram : IExecutorFactory, IDisposable
{
    /// <summary>Loads the models.</summary>
    /// <param name="library">The library to run them with.</param>
    /// <param name="model">The models.</param>
    /// <param name="options">How to run them; the first provider's memory holds the states.</param>
    /// <exception cref="OrtException">A model cannot be loaded, or a provider is not there.</exception>
    public OrtResidentProgram(OrtLibrary library, OrtResidentModel model, OrtSessionOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        Model = model;
        Step = OrtSession.Load(library, model.Step, model.Signature.ModelName, options);
        if (model.States.IsEmpty) return;
        Read = OrtSession.Load(library, model.Read, $"{model.Signature.ModelName}, reading states", options);
        Write = OrtSession.Load(library, model.Write, $"{model.Signature.ModelName}, writing states", options);
    }

    /// <inheritdoc/>
    public StepSignature Signature => Model.Signature;

    /// <inheritdoc/>
    public string Description => $"onnxruntime {Step.Library.Version} on {(Step.Provider.Length == 0 ? "the processor" : Step.Provider)}, many streams in one run, states stay there";

    internal OrtResidentModel Model { get; }

    internal OrtSession Step { get; }

    /// <summary>Null for a model that remembers nothing.</summary>
    internal OrtSession? Read { get; }

    /// <summary>Null for a model that remembers nothing.</summary>
    internal OrtSession? Write { get; }

    /// <inheritdoc/>
    public IStepExecutor CreateExecutor(int maxLanes, int expectedStreams) => new OrtResidentExecutor(this, maxLanes, expectedStreams);

    /// <summary>Releases the models, once the executors made from them are disposed too.</summary>
    public void Dispose()
    {
        Step.Dispose();
        Read?.Dispose();
        Write?.Dispose();
    }
}
