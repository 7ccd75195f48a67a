using System.Runtime.InteropServices;

namespace SeqStream.Contracts;

/// <summary>What a decoder says about a stream. Reused through an <see cref="EmissionPool"/>: a sink returns it after delivery. One thread at a time.</summary>
public sealed class Emission
{
    private readonly List<byte> _text = [];
    private readonly List<byte> _echo = [];
    private readonly List<double> _values = [];
    private readonly List<EmissionOutput> _outputs = [];
    private readonly List<EmissionPart> _parts = [];
    private readonly List<byte> _partTexts = [];

    /// <summary>The stream.</summary>
    public StreamId Stream { get; set; }

    /// <summary>What it says.</summary>
    public EmissionKind Kind { get; set; }

    /// <summary>The step it speaks about, from 0 in its stream.</summary>
    public long Step { get; set; }

    /// <summary>Measured time of that step in seconds, NaN if unknown.</summary>
    public double Time { get; set; }

    /// <summary>The label, or null.</summary>
    public string? Label { get; set; }

    /// <summary>Probability or score of the label, NaN if there is none.</summary>
    public float Score { get; set; }

    /// <summary>True while the answer may still change with what comes: a running guess, or an event that is not over.</summary>
    public bool IsPartial { get; set; }

    /// <summary>Where what it speaks about begins: seconds of sound, otherwise steps. NaN if it speaks about one step.</summary>
    public double SpanStart { get; set; }

    /// <summary>Where what it speaks about ends, in the unit of <see cref="SpanStart"/>, itself not included; NaN if that is not known yet.</summary>
    public double SpanEnd { get; set; }

    /// <summary>Why the sequence is over; only an <see cref="EmissionKind.End"/> tells it.</summary>
    public EndReason Reason { get; set; }

    /// <summary>What a <see cref="EmissionKind.Barrier"/> calls; otherwise null.</summary>
    public IDeliveryBarrier? Barrier { get; set; }

    /// <summary>The text it speaks about or says, in UTF-8.</summary>
    public ReadOnlySpan<byte> Text => CollectionsMarshal.AsSpan(_text);

    /// <summary>True if the frame's record named its inputs: then plain outputs are told by name too, even a single one.</summary>
    public bool HasNames { get; set; }

    /// <summary>JSON members passed through from the frame, <c>"a":1,"b":2</c> in UTF-8; usually empty.</summary>
    public ReadOnlySpan<byte> Echo => CollectionsMarshal.AsSpan(_echo);

    /// <summary>Number of plain outputs.</summary>
    public int OutputCount => _outputs.Count;

    /// <summary>A plain output's name and place.</summary>
    public EmissionOutput Output(int index) => _outputs[index];

    /// <summary>The numbers of a plain output.</summary>
    public ReadOnlySpan<double> Values(EmissionOutput output) => CollectionsMarshal.AsSpan(_values).Slice(output.Start, output.Count);

    /// <summary>Number of parts: pieces of text with a score each.</summary>
    public int PartCount => _parts.Count;

    /// <summary>The UTF-8 text of a part.</summary>
    public ReadOnlySpan<byte> PartText(int index) => CollectionsMarshal.AsSpan(_partTexts).Slice(_parts[index].Start, _parts[index].Count);

    /// <summary>The score of a part.</summary>
    public float PartScore(int index) => _parts[index].Score;

    /// <summary>Appends a part: a piece of text with a score, such as a word and by how much it moved the answer.</summary>
    public void AddPart(ReadOnlySpan<byte> utf8, float score)
    {
        _parts.Add(new EmissionPart(_partTexts.Count, utf8.Length, score));
        _partTexts.AddRange(utf8);
    }

    /// <summary>Appends UTF-8 text.</summary>
    public void AddText(ReadOnlySpan<byte> utf8) => _text.AddRange(utf8);

    /// <summary>Appends pass-through JSON.</summary>
    public void AddEcho(ReadOnlySpan<byte> json) => _echo.AddRange(json);

    /// <summary>Begins a plain output; numbers added next belong to it.</summary>
    /// <param name="name">The model's output name.</param>
    /// <param name="isSingle">True if the numbers are float32 and print with float32's shortest digits.</param>
    public void BeginOutput(string name, bool isSingle) => _outputs.Add(new EmissionOutput(name, isSingle, _values.Count, 0));

    /// <summary>Adds a number to the output begun last.</summary>
    public void AddValue(double value)
    {
        _values.Add(value);
        CollectionsMarshal.AsSpan(_outputs)[^1].Count++;
    }

    /// <summary>Says in <paramref name="other"/>, an empty emission, all that this one says, but for the barrier.</summary>
    public void CopyTo(Emission other)
    {
        ArgumentNullException.ThrowIfNull(other);
        (other.Stream, other.Kind, other.Step, other.Time) = (Stream, Kind, Step, Time);
        (other.Label, other.Score, other.HasNames) = (Label, Score, HasNames);
        (other.IsPartial, other.SpanStart, other.SpanEnd, other.Reason) = (IsPartial, SpanStart, SpanEnd, Reason);
        other._text.AddRange(_text);
        other._echo.AddRange(_echo);
        other._values.AddRange(_values);
        other._outputs.AddRange(_outputs);
        other._parts.AddRange(_parts);
        other._partTexts.AddRange(_partTexts);
    }

    /// <summary>Empties the emission and keeps its buffers.</summary>
    public void Clear()
    {
        Stream = default;
        Kind = EmissionKind.Outputs;
        Step = 0;
        Time = double.NaN;
        Label = null;
        Score = float.NaN;
        HasNames = false;
        IsPartial = false;
        SpanStart = double.NaN;
        SpanEnd = double.NaN;
        Reason = EndReason.Ended;
        Barrier = null;
        _text.Clear();
        _echo.Clear();
        _values.Clear();
        _outputs.Clear();
        _parts.Clear();
        _partTexts.Clear();
    }
}
