using System.Text;
using System.Text.Json;
using SeqStream.Contracts;
using SeqStream.Plan;
using SeqStream.State;

namespace SeqStream.FrontEnds;

/// <summary>Buffers for the inputs of one lane, in place of an executor.</summary>
internal sealed class Inputs(params StepPort[] ports) : IStepExecutor
{
    private readonly byte[][] _buffers = [.. ports.Select(port => new byte[port.ByteCount])];

    public StepSignature Signature { get; } = new("model.onnx", 0, [.. ports], [], new StateLayout([]));

    public int MaxLanes => 1;

    public int LiveStreams => 0;

    public static StepPort Floats(string name, int count) => new(name, ElementType.Float32, new TensorShape(1, count));

    public static StepPort Integers(string name, int count) => new(name, ElementType.Int64, new TensorShape(1, count));

    public Span<byte> Input(int port, int lane) => _buffers[port];

    public StepInputs Next => new(this, 0);

    public IFrontEnd Create(string json)
    {
        using JsonDocument card = JsonDocument.Parse(json);
        return FrontEndCatalog.Create(card.RootElement.GetProperty("type").GetString()!, card.RootElement.Clone(), Signature)();
    }

    public static FramePayload Values(params float[] values)
    {
        FramePayload payload = new();
        payload.BeginSegment(0, isInteger: false);
        payload.Add(values);
        return payload;
    }

    public static FramePayload Text(string text, FrameContent content = FrameContent.Text) => Text(Encoding.UTF8.GetBytes(text), content);

    public static FramePayload Text(byte[] utf8, FrameContent content = FrameContent.Text)
    {
        FramePayload payload = new() { Content = content };
        payload.AddText(utf8);
        return payload;
    }

    public int Rent() => throw new NotSupportedException();

    public void Return(int slot) => throw new NotSupportedException();

    public void Reset(int slot) => throw new NotSupportedException();

    public void Copy(int from, int to) => throw new NotSupportedException();

    public void Save(int slot, Span<byte> row) => throw new NotSupportedException();

    public void Restore(int slot, ReadOnlySpan<byte> row) => throw new NotSupportedException();

    public void Step(ReadOnlySpan<int> slots) => throw new NotSupportedException();

    public ReadOnlySpan<byte> Output(int port, int lane) => throw new NotSupportedException();

    public void Dispose()
    {
    }
}
