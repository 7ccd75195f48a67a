using System.Runtime.InteropServices;

namespace SeqStream.Contracts;

/// <summary>The content of one data frame, in buffers that grow as needed and are reused through a <see cref="PayloadPool"/>. One thread at a time.</summary>
public sealed class FramePayload
{
    private readonly List<PayloadSegment> _segments = [];
    private readonly List<float> _values = [];
    private readonly List<long> _integers = [];
    private readonly List<byte> _text = [];
    private readonly List<byte> _echo = [];

    /// <summary>What the payload holds.</summary>
    public FrameContent Content { get; set; }

    /// <summary>True if the record named its inputs.</summary>
    public bool HasNames { get; set; }

    /// <summary>Number of value segments.</summary>
    public int SegmentCount => _segments.Count;

    /// <summary>UTF-8 text of a text or token payload.</summary>
    public ReadOnlySpan<byte> Text => CollectionsMarshal.AsSpan(_text);

    /// <summary>JSON members that pass through to the emissions of this frame, as <c>"a":1,"b":2</c> in UTF-8; usually empty.</summary>
    public ReadOnlySpan<byte> Echo => CollectionsMarshal.AsSpan(_echo);

    /// <summary>A value segment.</summary>
    public PayloadSegment Segment(int index) => _segments[index];

    /// <summary>The numbers of a float segment.</summary>
    public ReadOnlySpan<float> Values(PayloadSegment segment) => CollectionsMarshal.AsSpan(_values).Slice(segment.Start, segment.Count);

    /// <summary>The numbers of an integer segment.</summary>
    public ReadOnlySpan<long> Integers(PayloadSegment segment) => CollectionsMarshal.AsSpan(_integers).Slice(segment.Start, segment.Count);

    /// <summary>Begins a segment for an input port; numbers added next belong to it.</summary>
    public void BeginSegment(int port, bool isInteger)
        => _segments.Add(new PayloadSegment(port, isInteger, isInteger ? _integers.Count : _values.Count, 0));

    /// <summary>Adds a number to the float segment begun last.</summary>
    public void Add(float value)
    {
        _values.Add(value);
        CollectionsMarshal.AsSpan(_segments)[^1].Count++;
    }

    /// <summary>Adds numbers to the float segment begun last.</summary>
    public void Add(ReadOnlySpan<float> values)
    {
        _values.AddRange(values);
        CollectionsMarshal.AsSpan(_segments)[^1].Count += values.Length;
    }

    /// <summary>Adds a number to the integer segment begun last.</summary>
    public void Add(long value)
    {
        _integers.Add(value);
        CollectionsMarshal.AsSpan(_segments)[^1].Count++;
    }

    /// <summary>Appends UTF-8 text.</summary>
    public void AddText(ReadOnlySpan<byte> utf8) => _text.AddRange(utf8);

    /// <summary>Appends pass-through JSON.</summary>
    public void AddEcho(ReadOnlySpan<byte> json) => _echo.AddRange(json);

    /// <summary>Becomes a copy of another payload's numbers and text, without what passes through.</summary>
    public void CopyContent(FramePayload from)
    {
        ArgumentNullException.ThrowIfNull(from);
        Clear();
        Content = from.Content;
        HasNames = from.HasNames;
        _segments.AddRange(CollectionsMarshal.AsSpan(from._segments));
        _values.AddRange(CollectionsMarshal.AsSpan(from._values));
        _integers.AddRange(CollectionsMarshal.AsSpan(from._integers));
        _text.AddRange(CollectionsMarshal.AsSpan(from._text));
    }

    /// <summary>Empties the payload and keeps its buffers.</summary>
    public void Clear()
    {
        Content = FrameContent.Values;
        HasNames = false;
        _segments.Clear();
        _values.Clear();
        _integers.Clear();
        _text.Clear();
        _echo.Clear();
    }
}
