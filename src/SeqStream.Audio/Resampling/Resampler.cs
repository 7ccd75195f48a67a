using System.Numerics;

namespace SeqStream.Audio.Resampling;

/// <summary>
/// Changes the rate of one stream of samples, piece by piece: the output's bits do not depend on how the input was cut. Output n belongs to input n * Down / Up, so time is kept,
/// and n samples become ceil(n * Up / Down) of them. Outputs wait for half a filter of inputs. One thread at a time; allocates nothing once warm.
/// </summary>
/// <remarks>
/// <code>
/// inputs   x[i - Taps/2 + 1] ... x[i] | x[i + 1] ... x[i + Taps/2]      i = floor(n * Down / Up)
/// output                          y[n] at i + row / Rows                y[n] = sum over taps of row[tap] * x[tap]
/// </code>
/// </remarks>
public sealed class Resampler
{
    private const int Room = 4096;
    private readonly ResamplingFilter _filter;
    private readonly float[] _inputs; // [Taps + Room], from input _first on
    private int _count;               // valid inputs
    private long _first;              // index of _inputs[0]; inputs before 0 are silence
    private long _taken;              // inputs taken
    private long _next;               // index of the next output
    private long _whole;              // floor(_next * Down / Up)
    private int _part;                // _next * Down mod Up

    /// <summary>Creates the stream's state.</summary>
    public Resampler(ResamplingFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        _filter = filter;
        _inputs = new float[filter.Taps + Room];
        Reset();
    }

    /// <summary>Outputs given since the beginning or the last reset.</summary>
    public long Outputs => _next;

    /// <summary>Most outputs that a number of inputs can give at once; give <see cref="Process"/> as much room.</summary>
    public int MostOutputs(int inputs) => (int)((inputs + 1L) * _filter.Up / _filter.Down + 1);

    /// <summary>Most outputs that <see cref="Flush"/> can give.</summary>
    public int MostFlushed => MostOutputs(_filter.Taps);

    /// <summary>Takes all inputs and writes the outputs that have become known.</summary>
    /// <returns>Number of outputs.</returns>
    [HotPath]
    public int Process(ReadOnlySpan<float> inputs, Span<float> outputs)
    {
        int written = 0;
        while (!inputs.IsEmpty)
        {
            int count = Math.Min(inputs.Length, _inputs.Length - _count);
            inputs[..count].CopyTo(_inputs.AsSpan(_count));
            _count += count;
            _taken += count;
            inputs = inputs[count..];
            written += Write(outputs[written..], long.MaxValue);
            Slide();
        }
        return written;
    }

    /// <summary>No more inputs follow: writes the outputs that waited, as if silence followed. Reset before going on.</summary>
    /// <returns>Number of outputs.</returns>
    [HotPath]
    public int Flush(Span<float> outputs)
    {
        long end = (_taken * _filter.Up + _filter.Down - 1) / _filter.Down;
        int written = 0;
        for (int left = _filter.Taps / 2; left > 0;)
        {
            int count = Math.Min(left, _inputs.Length - _count);
            _inputs.AsSpan(_count, count).Clear();
            _count += count;
            left -= count;
            written += Write(outputs[written..], end);
            Slide();
        }
        return written;
    }

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        int history = _filter.Taps / 2 - 1;
        _inputs.AsSpan(0, history).Clear();
        _count = history;
        _first = -history;
        _taken = _next = _whole = 0;
        _part = 0;
    }

    private int Write(Span<float> outputs, long end)
    {
        int taps = _filter.Taps;
        int written = 0;
        for (int at; _next < end && (at = (int)(_whole - (taps / 2 - 1) - _first)) + taps <= _count;)
        {
            outputs[written++] = _filter.IsBlended ? Blend(_inputs.AsSpan(at, taps)) : Dot(_filter.Row(_part), _inputs.AsSpan(at, taps));
            Advance();
        }
        return written;
    }

    private void Advance()
    {
        _next++;
        _whole += _filter.Down / _filter.Up;
        _part += _filter.Down % _filter.Up;
        if (_part < _filter.Up) return;
        _part -= _filter.Up;
        _whole++;
    }

    private float Blend(ReadOnlySpan<float> inputs)
    {
        double place = _part / (double)_filter.Up * _filter.Rows;
        int row = (int)place;
        float low = Dot(_filter.Row(row), inputs);
        float high = Dot(_filter.Row(row + 1), inputs);
        return low + (float)(place - row) * (high - low);
    }

    /// <summary>Drops inputs that no output needs any more.</summary>
    private void Slide()
    {
        int spent = (int)Math.Min(_whole - (_filter.Taps / 2 - 1) - _first, _count);
        if (spent <= 0 || _inputs.Length - _count > Room / 2) return;
        _inputs.AsSpan(spent, _count - spent).CopyTo(_inputs);
        _count -= spent;
        _first += spent;
    }

    /// <summary>Taps are a multiple of 16, so vectors of up to 512 bits fit; two sums hide some of the latency of the addition.</summary>
    private static float Dot(ReadOnlySpan<float> row, ReadOnlySpan<float> inputs)
    {
        Vector<float> a = Vector<float>.Zero, b = a;
        int width = Vector<float>.Count;
        int at = 0;
        for (; at <= row.Length - 2 * width; at += 2 * width)
        {
            a = Vector.MultiplyAddEstimate(new Vector<float>(row[at..]), new Vector<float>(inputs[at..]), a);
            b = Vector.MultiplyAddEstimate(new Vector<float>(row[(at + width)..]), new Vector<float>(inputs[(at + width)..]), b);
        }
        if (at < row.Length) a = Vector.MultiplyAddEstimate(new Vector<float>(row[at..]), new Vector<float>(inputs[at..]), a);
        return Vector.Sum(a + b);
    }
}
