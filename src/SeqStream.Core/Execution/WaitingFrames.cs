using System.Collections.Immutable;
using System.Runtime.InteropServices;
using SeqStream.Contracts;
using SeqStream.Plan;
using SeqStream.State;

namespace SeqStream.Execution;

/// <summary>
/// What a stream remembers beside the model's own state while its answers lag: how many frames it has had and how many steps it has made, its length once that is known, and
/// the frames that wait for a step to be full. One row for each stream, in a slab like the model's own.
/// </summary>
internal sealed class WaitingFrames : IDisposable
{
    private const int TakenAt = 0, StepsAt = 1, LengthAt = 2;   // place among the counts
    private const long Unknown = -1;
    private readonly StateSlab _slab;
    private readonly StateLayout _layout;
    private readonly FramePort[] _ports;
    private readonly int[] _offsets;         // [input] offset of its waiting frames in the row
    private readonly int _capacity;          // frames that may wait
    private readonly int _framesPerStep;
    private readonly int _countsAt;

    public WaitingFrames(StepSignature step, StreamTiming timing, int expectedStreams)
    {
        _framesPerStep = timing.FramesPerStep;
        _capacity = timing.MostWaiting;
        _ports = [.. step.Inputs.Select((port, at) => new FramePort(port, timing.InputAxes[at]))];
        StateField counts = new("frames.counts", ElementType.Int64, new TensorShape(3), ConstantTensor.Int64(new TensorShape(3), 0, 0, Unknown));
        StateField[] waiting = [.. step.Inputs.Select((port, at) => new StateField($"frames.waiting.{port.Name}", port.Type, ShapeOf(port, timing.InputAxes[at])))];
        Fields = [counts, .. waiting];
        _layout = new StateLayout(Fields);
        _countsAt = _layout.OffsetOf(counts);
        _offsets = [.. waiting.Select(_layout.OffsetOf)];
        _slab = new StateSlab(_layout, expectedStreams);
    }

    /// <summary>What a row holds: frames taken, steps made and length; then each input's waiting frames.</summary>
    public ImmutableArray<StateField> Fields { get; }

    /// <summary>Bytes of one row.</summary>
    public int RowBytes => _layout.RowBytes;

    public int Rent() => _slab.Rent();

    public void Return(int slot) => _slab.Return(slot);

    public void Reset(int slot) => _slab.Reset(slot);

    public Span<byte> Row(int slot) => _slab.RowSpan(slot);

    public long Taken(int slot) => Counts(slot)[TakenAt];

    public long Steps(int slot) => Counts(slot)[StepsAt];

    /// <summary>Frames of the whole stream; below 0 while it goes on.</summary>
    public long Length(int slot) => Counts(slot)[LengthAt];

    /// <summary>Frames that have come and were not stepped.</summary>
    public long Waiting(int slot) => Math.Max(0, Taken(slot) - (Steps(slot) * _framesPerStep));

    /// <summary>Where the next frame of an input is written.</summary>
    public Span<byte> Staging(int port) => _ports[port].Staging;

    /// <summary>Adds the staged frame of every input.</summary>
    [HotPath]
    public void Add(int slot)
    {
        Span<byte> row = _slab.RowSpan(slot);
        int at = (int)Waiting(slot);
        for (int port = 0; port < _ports.Length; port++)
        {
            FramePort frames = _ports[port];
            int capacity = frames.HasTime ? _capacity : 1, place = frames.HasTime ? at : 0;
            for (int outer = 0; outer < frames.Rows; outer++)
                frames.Staging.Slice(outer * frames.FrameBytes, frames.FrameBytes).CopyTo(row[(_offsets[port] + (((outer * capacity) + place) * frames.FrameBytes))..]);
        }
        Counts(slot)[TakenAt]++;
    }

    /// <summary>Notes that no more frames will come, and forgets those beyond the last multiple of a length.</summary>
    public void End(int slot, int multiple)
    {
        Span<long> counts = Counts(slot);
        counts[LengthAt] = counts[TakenAt] = counts[TakenAt] / multiple * multiple;
    }

    /// <summary>Writes the oldest frames to a lane's inputs, zeros where there are not enough, and counts the step.</summary>
    [HotPath]
    public void MoveTo(int slot, IStepPorts step, int lane)
    {
        Span<byte> row = _slab.RowSpan(slot);
        int waiting = (int)Waiting(slot), moved = Math.Min(waiting, _framesPerStep);
        for (int port = 0; port < _ports.Length; port++)
        {
            FramePort frames = _ports[port];
            Span<byte> input = step.Input(port, lane);
            if (!frames.HasTime)
            {
                row.Slice(_offsets[port], input.Length).CopyTo(input);
                continue;
            }
            for (int outer = 0; outer < frames.Rows; outer++)
            {
                Span<byte> from = row.Slice(_offsets[port] + (outer * _capacity * frames.FrameBytes), waiting * frames.FrameBytes);
                Span<byte> to = input.Slice(outer * _framesPerStep * frames.FrameBytes, _framesPerStep * frames.FrameBytes);
                from[..(moved * frames.FrameBytes)].CopyTo(to);
                to[(moved * frames.FrameBytes)..].Clear();
                from[(moved * frames.FrameBytes)..].CopyTo(from);
            }
        }
        Counts(slot)[StepsAt]++;
    }

    public void Dispose() => _slab.Dispose();

    private Span<long> Counts(int slot) => MemoryMarshal.Cast<byte, long>(_slab.RowSpan(slot).Slice(_countsAt, 3 * sizeof(long)));

    private TensorShape ShapeOf(StepPort port, int axis)
    {
        int[] shape = [.. port.Shape.Dimensions];
        if (axis >= 0) shape[axis] = _capacity;
        return new TensorShape(shape);
    }
}
