using System.Globalization;
using System.Text;
using SeqStream.Contracts;
using SeqStream.Mqtt.Payloads;
using SeqStream.Plan;
using SeqStream.State;

namespace SeqStream.Mqtt.Tests.Payloads;

/// <summary>Writes records down for comparison: <c>stream[0:1,2] t=3 seq=4</c>.</summary>
internal sealed class Recorder(params StepPort[] inputs) : IRecordBuilder
{
    private string _stream = "";

    public List<string> Records { get; } = [];

    public StepSignature Signature { get; } = new("test", 1, inputs.Length > 0 ? [.. inputs] : [Floats("x", 2)], [], new StateLayout([]));

    public FramePayload Payload { get; private set; } = new();

    public static StepPort Floats(string name, int count) => new(name, ElementType.Float32, new TensorShape(count));

    public static StepPort Integers(string name, int count) => new(name, ElementType.Int64, new TensorShape(count));

    public void SetStream(ReadOnlySpan<byte> utf8Name) => _stream = Encoding.UTF8.GetString(utf8Name);

    public void AddPayload(double time = double.NaN, long seq = -1)
    {
        StringBuilder text = new(_stream);
        if (Payload.Content != FrameContent.Values) text.Append(CultureInfo.InvariantCulture, $"'{Encoding.UTF8.GetString(Payload.Text)}'");
        for (int i = 0; i < Payload.SegmentCount; i++)
        {
            PayloadSegment segment = Payload.Segment(i);
            IEnumerable<string> numbers = segment.IsInteger ? Payload.Integers(segment).ToArray().Select(Invariant) : Payload.Values(segment).ToArray().Select(Invariant);
            text.Append(CultureInfo.InvariantCulture, $"[{segment.Port}:{string.Join(',', numbers)}]");
        }
        if (!double.IsNaN(time)) text.Append(CultureInfo.InvariantCulture, $" t={time}");
        if (seq >= 0) text.Append(CultureInfo.InvariantCulture, $" seq={seq}");
        Records.Add(text.ToString());
        Payload = new FramePayload();
    }

    public void AddControl(FrameKind kind, double time = double.NaN) => Records.Add(_stream + kind);

    private static string Invariant<T>(T number) => string.Create(CultureInfo.InvariantCulture, $"{number}");
}
