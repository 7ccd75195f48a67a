using SeqStream.Contracts;

namespace SeqStream.Execution;

/// <summary>How single frames lie in a value that holds several along its time axis.</summary>
internal sealed class FramePort
{
    private readonly int _frameBytes;   // one frame of one row
    private readonly int _rowBytes;     // all frames of one row
    private readonly byte[] _staging;   // one frame of all rows

    /// <param name="port">The port of a step.</param>
    /// <param name="axis">Its time axis; -1 if it has none.</param>
    public FramePort(StepPort port, int axis)
    {
        HasTime = axis >= 0;
        Frames = HasTime ? port.Shape[axis] : 1;
        Rows = HasTime ? port.Shape.ElementCountBetween(0, axis) : 1;
        _rowBytes = port.ByteCount / Math.Max(Rows, 1);
        _frameBytes = _rowBytes / Math.Max(Frames, 1);
        _staging = new byte[Rows * _frameBytes];
    }

    public bool HasTime { get; }

    public int Frames { get; }

    public int Rows { get; }

    /// <summary>Bytes of one frame of one row.</summary>
    public int FrameBytes => _frameBytes;

    /// <summary>Where one frame is written before it joins a value.</summary>
    public Span<byte> Staging => _staging;

    /// <summary>One frame of a value, valid until the next call.</summary>
    [HotPath]
    public ReadOnlySpan<byte> Frame(ReadOnlySpan<byte> value, int frame)
    {
        if (Rows == 1) return value.Slice(frame * _frameBytes, _frameBytes);
        for (int row = 0; row < Rows; row++) value.Slice((row * _rowBytes) + (frame * _frameBytes), _frameBytes).CopyTo(_staging.AsSpan(row * _frameBytes));
        return _staging;
    }
}
