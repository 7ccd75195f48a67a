using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SeqStream.Contracts;
using SeqStream.Plan;
using SeqStream.State;

namespace SeqStream.Ort.Stepping;

/// <summary>
/// The last resort for a whole-sequence model that cannot be compiled into steps: the stream's memory is its newest frames, and each step runs the model over them. The answers are those of a
/// sequence that began that many frames ago, each step costs as much as all frames of the window, and layers in reverse see nothing after the newest frame. Immutable; owns its session.
/// </summary>
public sealed class WindowProgram : IExecutorFactory, IDisposable
{
    private const int ProbeFrames = 2;

    /// <summary>Runs the model on zeros of two lengths to see its outputs, and takes ownership of <paramref name="session"/>.</summary>
    /// <param name="session">The loaded model.</param>
    /// <param name="model">Window, time axes and constants.</param>
    /// <exception cref="OrtException">An input has no time axis and no constant value, a dimension has no size, or the model fails.</exception>
    public WindowProgram(OrtSession session, WindowModel model)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(model.Frames, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(model.Frames, WindowModel.MostFrames);
        (Session, Model) = (session, model);
        Inputs = [.. session.Inputs.Where(input => model.Constants.All(constant => constant.Name != input.Name)).Select(InputOf)];
        IReadOnlyDictionary<string, OrtTensor> shorter = session.Run([.. Zeros(ProbeFrames)]), longer = session.Run([.. Zeros(ProbeFrames + 1)]);
        Outputs = [.. session.Outputs.Select(output => OutputOf(shorter[output.Name], longer[output.Name]))];
        StateField count = new("window.frames", ElementType.Int64, new TensorShape());
        StateField[] kept = [.. Inputs.Select(port => new StateField($"window.{port.Name}", port.Type, new TensorShape([.. port.DimensionsOf(model.Frames).Select(static size => (int)size)])))];
        Signature = new StepSignature(session.ModelName, ComputeId(session, model), [.. Inputs.Select(PortOf)], [.. Outputs.Select(PortOf)], new StateLayout([count, .. kept]))
        {
            Constants = [.. model.Constants.Select(static tensor => new StepConstant(tensor.Name, new ConstantTensor(tensor.Type, new TensorShape([.. tensor.Dimensions.Select(static size => (int)size)]), tensor.Bytes)))],
        };
    }

    /// <inheritdoc/>
    public StepSignature Signature { get; }

    /// <inheritdoc/>
    public string Description => string.Create(CultureInfo.InvariantCulture, $"onnxruntime {Session.Library.Version}, the last {Model.Frames} frames anew at every step");

    internal OrtSession Session { get; }

    internal WindowModel Model { get; }

    internal ImmutableArray<WindowPort> Inputs { get; }

    internal ImmutableArray<WindowPort> Outputs { get; }

    /// <inheritdoc/>
    public IStepExecutor CreateExecutor(int maxLanes, int expectedStreams) => new WindowExecutor(this, maxLanes, expectedStreams);

    /// <summary>Releases the model, once the executors made from it are disposed too.</summary>
    public void Dispose() => Session.Dispose();

    private IEnumerable<OrtTensor> Zeros(int frames) => Inputs.Select(port => OrtTensor.Zeros(port.Name, port.Type, port.DimensionsOf(frames))).Concat(Model.Constants);

    private WindowPort InputOf(OrtPort input)
    {
        if (!Model.TimeAxes.TryGetValue(input.Name, out int axis)) throw new OrtException(OrtErrorCode.InvalidArgument, $"Model '{Session.ModelName}': input {input} does not grow with the sequence, so a window has nothing to give it. Bind it with --const if it is one integer; otherwise export the model without it.");
        int[] sizes = new int[input.Dimensions.Length];
        for (int at = 0; at < sizes.Length; at++) sizes[at] = at == axis ? 1 : SizeOf(input, at);
        return new WindowPort(input.Name, input.Type, [.. sizes], axis);
    }

    /// <summary>A stated size; one of the file's; 1 for an open first dimension, which counts sequences.</summary>
    private int SizeOf(OrtPort input, int axis)
    {
        if (input.Dimensions[axis].Value is { } value) return checked((int)value);
        if (Model.Dimensions.TryGetValue(input.OpenName(axis)!, out int size) || Model.Dimensions.TryGetValue(string.Create(CultureInfo.InvariantCulture, $"{input.Name}[{axis}]"), out size)) return size;
        bool isBatch = axis == 0 || (axis == 1 && Model.TimeAxes[input.Name] == 0);
        return isBatch ? 1 : throw new OrtException(OrtErrorCode.InvalidArgument, $"Model '{Session.ModelName}': dimension {axis} of input {input} has no size. Give it with --dim {input.OpenName(axis)}=SIZE.");
    }

    private static WindowPort OutputOf(OrtTensor shorter, OrtTensor longer)
    {
        int axis = -1;
        for (int at = 0; at < shorter.Dimensions.Length && axis < 0; at++) axis = shorter.Dimensions[at] != longer.Dimensions[at] ? at : -1;
        return new WindowPort(shorter.Name, shorter.Type, [.. shorter.Dimensions.Select((size, at) => at == axis ? 1 : (int)size)], axis);
    }

    private static StepPort PortOf(WindowPort port) => new(port.Name, port.Type, port.Shape);

    private static ulong ComputeId(OrtSession session, WindowModel model)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"window {model.Frames} {session.ModelId:x16}\n")));
        foreach (OrtTensor constant in model.Constants)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{constant}\n"));
            hash.AppendData(constant.Bytes);
        }
        return BinaryPrimitives.ReadUInt64LittleEndian(hash.GetHashAndReset());
    }
}
