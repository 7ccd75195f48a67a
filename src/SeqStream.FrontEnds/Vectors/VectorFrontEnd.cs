using System.Runtime.InteropServices;
using SeqStream.Contracts;
using SeqStream.Plan;
using SeqStream.State;

namespace SeqStream.FrontEnds.Vectors;

/// <summary>Passes the numbers of a frame to a bare model: one frame is one step. Checks width, range and that floats are finite.</summary>
/// <param name="options">The model's inputs and the ranges of its integers.</param>
public sealed class VectorFrontEnd(VectorOptions options) : IFrontEnd
{
    private readonly byte[][] _values = [.. options.Inputs.Select(port => new byte[port.ByteCount])]; // [input][bytes of one lane]
    private double _time;
    private bool _isReady;

    /// <inheritdoc/>
    public bool IsIdle => !_isReady;

    /// <inheritdoc/>
    [HotPath]
    public FrameVerdict Accept(FramePayload payload, double time)
    {
        if (payload.Content != FrameContent.Values) return FrameVerdict.Refused(VectorProblems.TextFound(options));
        ulong seen = 0;
        for (int i = 0; i < payload.SegmentCount; i++)
        {
            PayloadSegment segment = payload.Segment(i);
            string? problem = Check(payload, segment);
            if (problem is not null) return FrameVerdict.Refused(problem);
            seen |= 1UL << (segment.Port & 63);
        }
        for (int port = 0; port < _values.Length && port < 64; port++)
        {
            if ((seen >> port & 1) == 0) return FrameVerdict.Refused(VectorProblems.InputAbsent(options.Inputs[port]));
        }
        for (int i = 0; i < payload.SegmentCount; i++) Take(payload, payload.Segment(i));
        _time = time;
        _isReady = true;
        return FrameVerdict.Accepted;
    }

    /// <inheritdoc/>
    [HotPath]
    public bool TryNext(StepInputs inputs, ref StepNote note)
    {
        if (!_isReady) return false;
        for (int port = 0; port < _values.Length; port++) _values[port].CopyTo(inputs.Bytes(port));
        note.Time = _time;
        note.Text = default;
        note.IsWarmUp = false;
        _isReady = false;
        return true;
    }

    /// <inheritdoc/>
    public void End()
    {
    }

    /// <inheritdoc/>
    public void Reset() => _isReady = false;

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write(_isReady);
        if (!_isReady) return;
        writer.Write(_time);
        foreach (byte[] values in _values) writer.Write(values);
    }

    /// <inheritdoc/>
    public void Restore(ref StateReader reader)
    {
        _isReady = reader.ReadBool();
        if (!_isReady) return;
        _time = reader.ReadDouble();
        foreach (byte[] values in _values)
        {
            ReadOnlySpan<byte> bytes = reader.ReadBytes();
            if (bytes.Length != values.Length) throw new StateSnapshotException($"The saved state holds {bytes.Length} bytes of an input that takes {values.Length}: it belongs to another model.");
            bytes.CopyTo(values);
        }
    }

    private string? Check(FramePayload payload, PayloadSegment segment)
    {
        if ((uint)segment.Port >= (uint)_values.Length) return VectorProblems.NoSuchInput(options, segment.Port);
        StepPort port = options.Inputs[segment.Port];
        if (segment.Count != port.ElementCount) return VectorProblems.WrongWidth(port, segment.Count);
        bool takesIntegers = port.Type is ElementType.Int64 or ElementType.Int32 or ElementType.Bool;
        if (!segment.IsInteger)
        {
            if (takesIntegers) return VectorProblems.FloatsFound(port);
            ReadOnlySpan<float> values = payload.Values(segment);
            for (int i = 0; i < values.Length; i++)
            {
                if (!float.IsFinite(values[i])) return VectorProblems.NotFinite(port, i, values[i]);
            }
            return null;
        }
        if (!takesIntegers) return null;
        (long least, long greatest) = options.Bounds[segment.Port];
        ReadOnlySpan<long> integers = payload.Integers(segment);
        for (int i = 0; i < integers.Length; i++)
        {
            if (integers[i] < least || integers[i] > greatest) return VectorProblems.OutOfRange(port, i, integers[i], least, greatest);
        }
        return null;
    }

    private void Take(FramePayload payload, PayloadSegment segment)
    {
        Span<byte> bytes = _values[segment.Port];
        ElementType type = options.Inputs[segment.Port].Type;
        ReadOnlySpan<float> values = segment.IsInteger ? default : payload.Values(segment);
        ReadOnlySpan<long> integers = segment.IsInteger ? payload.Integers(segment) : default;
        Span<float> singles = MemoryMarshal.Cast<byte, float>(bytes);
        Span<double> doubles = MemoryMarshal.Cast<byte, double>(bytes);
        Span<long> longs = MemoryMarshal.Cast<byte, long>(bytes);
        Span<int> ints = MemoryMarshal.Cast<byte, int>(bytes);
        for (int i = 0; i < segment.Count; i++)
        {
            if (type == ElementType.Float32) singles[i] = segment.IsInteger ? integers[i] : values[i];
            else if (type == ElementType.Float64) doubles[i] = segment.IsInteger ? integers[i] : values[i];
            else if (type == ElementType.Int64) longs[i] = integers[i];
            else if (type == ElementType.Int32) ints[i] = (int)integers[i];
            else bytes[i] = (byte)integers[i];
        }
    }
}
