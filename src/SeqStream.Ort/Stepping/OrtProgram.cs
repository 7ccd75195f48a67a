using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using SeqStream.Contracts;
using SeqStream.Plan;
using SeqStream.State;

namespace SeqStream.Ort.Stepping;

/// <summary>
/// A step model loaded into ONNX Runtime with every shape and state pair resolved: what steppers and executors are made from.
/// Immutable; any thread may use it. It owns its session.
/// </summary>
public sealed class OrtProgram : IExecutorFactory, IDisposable
{
    /// <summary>Resolves shapes, which runs the model on zeros, and takes ownership of <paramref name="session"/>.</summary>
    /// <param name="session">The loaded model.</param>
    /// <param name="model">Its states, constants and open dimensions.</param>
    /// <exception cref="OrtException">A name is unknown, a dimension has no value, a state pair does not fit, or the model fails.</exception>
    public OrtProgram(OrtSession session, OrtStepModel model)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(model);
        Session = session;
        Model = model;
        Layout = new OrtStepLayout(session, model);
        ImmutableArray<StateField> fields = [.. Layout.StateInputs.Select((port, index) => new StateField(port.Name, port.Type, port.LaneShape, model.States[index].Initial))];
        Signature = new StepSignature(session.ModelName, ComputeId(session, model), [.. Layout.Inputs.Select(StepPortOf)], [.. Layout.Outputs.Select(StepPortOf)], new StateLayout(fields))
        {
            Constants = [.. model.Constants.Select(static tensor => new StepConstant(tensor.Name, new ConstantTensor(tensor.Type, new TensorShape([.. tensor.Dimensions.Select(static size => (int)size)]), tensor.Bytes)))],
        };
    }

    /// <summary>The loaded model.</summary>
    public OrtSession Session { get; }

    /// <summary>The description it was made from.</summary>
    public OrtStepModel Model { get; }

    /// <inheritdoc/>
    public StepSignature Signature { get; }

    /// <summary>True if one run of the model can step several streams; otherwise an executor steps them one by one.</summary>
    public bool IsBatched => Layout.IsBatched;

    /// <inheritdoc/>
    public string Description => $"onnxruntime {Session.Library.Version}, {(IsBatched ? "many streams in one run" : $"one stream in a run: {Layout.OneLaneReason}")}";

    internal OrtStepLayout Layout { get; }

    /// <summary>Loads a model file and resolves it.</summary>
    /// <param name="library">The library to run it with.</param>
    /// <param name="path">The model file.</param>
    /// <param name="model">Its states, constants and open dimensions.</param>
    /// <param name="options">How to run it; null for the defaults.</param>
    /// <exception cref="OrtException">The model cannot be loaded or does not fit its description.</exception>
    public static OrtProgram Load(OrtLibrary library, string path, OrtStepModel model, OrtSessionOptions? options = null)
    {
        OrtSession session = OrtSession.Load(library, path, options);
        try
        {
            return new OrtProgram(session, model);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Creates a stepper: fixed batch, states carried from step to step inside it.</summary>
    /// <param name="batch">Streams stepped together, at least 1.</param>
    /// <exception cref="OrtException">The model cannot step several streams in one run.</exception>
    public OrtStepper CreateStepper(int batch) => new(this, batch);

    /// <inheritdoc/>
    public IStepExecutor CreateExecutor(int maxLanes, int expectedStreams) => new OrtExecutor(this, maxLanes, expectedStreams);

    /// <summary>Releases the model, once the steppers and executors made from it are disposed too.</summary>
    public void Dispose() => Session.Dispose();

    private static StepPort StepPortOf(OrtLanePort port) => new(port.Name, port.Type, port.LaneShape);

    private static ulong ComputeId(OrtSession session, OrtStepModel model)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        void Add(string text) => hash.AppendData(Encoding.UTF8.GetBytes(text + "\n"));
        Add($"{session.ModelId:x16}");
        foreach (OrtStatePair pair in model.States)
        {
            Add($"{pair.Input}|{pair.Output}");
            hash.AppendData(pair.Initial is null ? [] : pair.Initial.Bytes);
        }
        foreach (OrtTensor constant in model.Constants)
        {
            Add(constant.ToString());
            hash.AppendData(constant.Bytes);
        }
        return BinaryPrimitives.ReadUInt64LittleEndian(hash.GetHashAndReset());
    }
}
