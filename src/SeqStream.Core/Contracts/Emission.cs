using System.Runtime.InteropServices;

namespace SeqStream.Contracts;

/// <summary>What a decoder says about a stream. Reused through an <see cref="EmissionPool"/>: a sink returns it after delivery. One thread at a time.</summary>
public sealed class Emission
{
    private readonly List<byte> _text = [];
    private readonly List<byte> _echo = [];
    private readonly List<double> _values = [];
    private readonly List<EmissionOutput> _outputs = [];

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
        other._text.AddRange(_text);
        other._echo.AddRange(_echo);
        other._values.AddRange(_values);
        other._outputs.AddRange(_outputs);
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
        Reason = EndReason.Ended;
        Barrier = null;
        _text.Clear();
        _echo.Clear();
        _values.Clear();
        _outputs.Clear();
    }
}
