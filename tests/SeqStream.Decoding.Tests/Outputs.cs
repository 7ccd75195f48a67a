using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using SeqStream.Contracts;
using SeqStream.Plan;
using SeqStream.State;

namespace SeqStream.Decoding;

/// <summary>Outputs of one lane that a test writes, in place of an executor, and the emissions that a decoder makes of them.</summary>
internal sealed class Outputs(params StepPort[] ports) : IStepExecutor, IEmissionWriter
{
    private readonly byte[][] _buffers = [.. ports.Select(port => new byte[port.ByteCount])];
    private readonly EmissionPool _pool = new();
    private long _step;

    public StepSignature Signature { get; } = new("model.onnx", 0, [], [.. ports], new StateLayout([]));

    public List<(long Step, string Text, string? Label, float Score)> Said { get; } = [];

    public bool IsQuiet { get; set; }

    public int MaxLanes => 1;

    public int LiveStreams => 0;

    public static StepPort Floats(string name, int count) => new(name, ElementType.Float32, new TensorShape(1, count));

    public IDecoder Create(string json, params string[] labels)
    {
        using JsonDocument card = JsonDocument.Parse(json);
        return DecoderCatalog.Create(card.RootElement.GetProperty("type").GetString()!, card.RootElement.Clone(), [.. labels], Signature)();
    }

    public void Step(IDecoder decoder, ReadOnlySpan<float> scores, string text = "") => Step(decoder, scores, Encoding.UTF8.GetBytes(text));

    public void Step(IDecoder decoder, ReadOnlySpan<float> scores, ReadOnlyMemory<byte> text)
    {
        MemoryMarshal.AsBytes(scores).CopyTo(_buffers[0]);
        StepNote note = new() { Text = text, Time = _step * 0.5 };
        decoder.Accept(new StepResult(this, 0, _step++, note), this);
    }

    public Span<byte> Buffer(int port) => _buffers[port];

    public Emission Rent() => _pool.Rent();

    public void Write(Emission emission)
    {
        if (!IsQuiet) Said.Add((emission.Step, Encoding.UTF8.GetString(emission.Text), emission.Label, emission.Score));
        Written?.Invoke(emission);
        _pool.Return(emission);
    }

    public Action<Emission>? Written { get; set; }

    public ReadOnlySpan<byte> Output(int port, int lane) => _buffers[port];

    int IStepExecutor.Rent() => throw new NotSupportedException();

    public void Return(int slot) => throw new NotSupportedException();

    public void Reset(int slot) => throw new NotSupportedException();

    public void Copy(int from, int to) => throw new NotSupportedException();

    public void Save(int slot, Span<byte> row) => throw new NotSupportedException();

    public void Restore(int slot, ReadOnlySpan<byte> row) => throw new NotSupportedException();

    public Span<byte> Input(int port, int lane) => throw new NotSupportedException();

    public void Step(ReadOnlySpan<int> slots) => throw new NotSupportedException();

    public void Dispose()
    {
    }
}
