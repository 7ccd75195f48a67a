using System.Collections.Immutable;
using SeqStream.Contracts;
using SeqStream.State;

namespace SeqStream.Execution;

/// <summary>
/// Steps streams frame by frame, however many frames a step takes and however its answers lag. Frames wait until a step is full; the first answers, which only make up for the
/// delay, are dropped; after <see cref="End"/> steps go on with empty frames until every answer is out. One thread at a time.
/// </summary>
/// <remarks>
/// Use: write a frame to <see cref="Input"/>, <see cref="Take"/> it; when that or <see cref="TryFill"/> says that the lane is ready, <see cref="Step"/> it with others; then for each group of outputs
/// that keep the same time, <see cref="Answers"/>, and <see cref="Show"/> each of them. What waits is part of a stream's state row: <see cref="Save"/> and <see cref="Restore"/> move a
/// stream at any frame. Without a timing every frame is a step and every step an answer, and the model's executor is used as it is.
/// </remarks>
public sealed class FrameExecutor : IStepPorts, IDisposable
{
    private const int ManySteps = 1 << 20;   // more than any delay
    private readonly IStepExecutor _steps;
    private readonly StreamTiming? _timing;
    private readonly WaitingFrames? _waiting;
    private readonly FramePort[] _outputs;
    private readonly int[] _groups;           // [output] group of outputs that keep the same time
    private readonly AnswerTiming[] _times;   // [group]
    private readonly int[] _shown;            // [output] frame shown; -1 for an output that says nothing
    private readonly int[] _laneSlots;        // [lane] of the last step
    private readonly int[] _laneStepSlots;    // [lane] the same, of the model's executor
    private readonly byte[] _row;             // for announcing the end
    private readonly long _framesBeforeSteps; // frames that a stream must have before its first step
    private readonly int _waitingAt;          // offset of the waiting frames' row in a saved row
    private int[] _stepSlots = new int[64];   // [slot] slot of the model's executor

    /// <summary>Creates an executor without streams over one that makes the steps, which it disposes.</summary>
    /// <param name="steps">Makes the steps.</param>
    /// <param name="timing">What the steps mean in time; null if every frame is a step and is answered at once.</param>
    /// <param name="expectedStreams">How many streams are likely to live at once.</param>
    /// <exception cref="ArgumentException">The timing does not fit the ports, or an output ends so early that its last frames would come before the end is known.</exception>
    public FrameExecutor(IStepExecutor steps, StreamTiming? timing = null, int expectedStreams = 1)
    {
        ArgumentNullException.ThrowIfNull(steps);
        _steps = steps;
        _timing = timing;
        _laneSlots = new int[steps.MaxLanes];
        _laneStepSlots = new int[steps.MaxLanes];
        Signature = steps.Signature;
        (_outputs, _groups, _times, _shown, _row) = ([], [], [], [], []);
        if (timing is null) return;
        Check(steps.Signature, timing);
        _waiting = new WaitingFrames(steps.Signature, timing, expectedStreams);
        StateLayout layout = new([.. steps.Signature.Layout.Fields, .. _waiting.Fields]);
        _waitingAt = layout.OffsetOf(_waiting.Fields[0]);
        Signature = timing.FrameOf(steps.Signature) with { Layout = layout };
        _outputs = [.. steps.Signature.Outputs.Select((port, at) => new FramePort(port, timing.Outputs[at].Axis))];
        (_groups, _times) = Group(timing.Outputs);
        _shown = new int[_outputs.Length];
        _framesBeforeSteps = timing.MostWaiting > timing.FramesPerStep ? timing.ShortestStream : 0;
        _row = new byte[steps.Signature.Layout.RowBytes];
    }

    /// <summary>What a frame takes, answers and leaves remembered: the model's state, then what waits.</summary>
    public StepSignature Signature { get; }

    /// <summary>Most lanes of one step.</summary>
    public int MaxLanes => _steps.MaxLanes;

    /// <summary>Streams that hold a slot.</summary>
    public int LiveStreams => _steps.LiveStreams;

    /// <summary>True if every frame is a step and is answered at once: then <see cref="Take"/> always says yes, and a step's outputs are the answer.</summary>
    public bool IsPlain => _waiting is null;

    /// <summary>Groups of outputs that keep the same time; 0 where <see cref="IsPlain"/>.</summary>
    public int Groups => _times.Length;

    /// <summary>Takes a slot for a new stream.</summary>
    public int Rent()
    {
        int step = _steps.Rent();
        if (_waiting is null) return step;
        int slot = _waiting.Rent();
        if (slot >= _stepSlots.Length) Array.Resize(ref _stepSlots, Math.Max(slot + 1, _stepSlots.Length * 2));
        _stepSlots[slot] = step;
        return slot;
    }

    /// <summary>Gives a slot back.</summary>
    public void Return(int slot)
    {
        _steps.Return(StepSlot(slot));
        _waiting?.Return(slot);
    }

    /// <summary>Puts a stream into its first state; nothing waits.</summary>
    public void Reset(int slot)
    {
        _steps.Reset(StepSlot(slot));
        _waiting?.Reset(slot);
    }

    /// <summary>Copies one stream over another, waiting frames included.</summary>
    public void Copy(int from, int to)
    {
        _steps.Copy(StepSlot(from), StepSlot(to));
        _waiting?.Row(from).CopyTo(_waiting.Row(to));
    }

    /// <summary>Writes a stream's row: the model's state, then what waits. It holds <c>Signature.Layout.RowBytes</c> bytes.</summary>
    public void Save(int slot, Span<byte> row)
    {
        row[..Signature.Layout.RowBytes].Clear();
        _steps.Save(StepSlot(slot), row);
        _waiting?.Row(slot).CopyTo(row[_waitingAt..]);
    }

    /// <summary>Replaces a stream by a row that <see cref="Save"/> wrote for the same model.</summary>
    public void Restore(int slot, ReadOnlySpan<byte> row)
    {
        _steps.Restore(StepSlot(slot), row);
        if (_waiting is not null) row.Slice(_waitingAt, _waiting.RowBytes).CopyTo(_waiting.Row(slot));
    }

    /// <summary>Where a frame is written before <see cref="Take"/>. Valid until the next frame of any lane is taken.</summary>
    [HotPath]
    public Span<byte> Input(int port, int lane) => _waiting is null ? _steps.Input(port, lane) : _waiting.Staging(port);

    /// <summary>Gives the frame at <see cref="Input"/> to a stream. True if the lane is ready to be stepped now.</summary>
    [HotPath]
    public bool Take(int slot, int lane)
    {
        if (_waiting is null) return true;
        _waiting.Add(slot);
        return TryFill(slot, lane);
    }

    /// <summary>Makes the lane ready from frames that wait already, or after the stream's end from empty ones. False if no step is due.</summary>
    [HotPath]
    public bool TryFill(int slot, int lane)
    {
        if (_waiting is null) return false;
        long length = _waiting.Length(slot);
        bool isDue = length < 0
            ? _waiting.Waiting(slot) >= _timing!.FramesPerStep && _waiting.Taken(slot) >= _framesBeforeSteps
            : _waiting.Steps(slot) < StepsFor(length);
        if (isDue) _waiting.MoveTo(slot, _steps, lane);
        return isDue;
    }

    /// <summary>Frames that a stream has had.</summary>
    public long Taken(int slot) => _waiting?.Taken(slot) ?? 0;

    /// <summary>No more frames belong to the stream; <see cref="TryFill"/> says whether answers are still to come. False if the stream is too short to have any.</summary>
    public bool End(int slot)
    {
        if (_waiting is null) return true;
        _waiting.End(slot, _timing!.LengthMultiple);
        StreamEnd.Announce(_steps, StepSlot(slot), _waiting.Length(slot), _row);
        return _waiting.Length(slot) >= _timing.ShortestStream;
    }

    /// <summary>Steps the streams in <paramref name="slots"/>, all different, whose lanes are ready; lane m is <c>slots[m]</c>.</summary>
    [HotPath]
    public void Step(ReadOnlySpan<int> slots)
    {
        if (_waiting is null)
        {
            _steps.Step(slots);
            return;
        }
        slots.CopyTo(_laneSlots);
        Span<int> steps = _laneStepSlots.AsSpan(0, slots.Length);
        for (int lane = 0; lane < slots.Length; lane++) steps[lane] = _stepSlots[slots[lane]];
        _steps.Step(steps);
    }

    /// <summary>What the last step of a lane answered on one group of outputs.</summary>
    [HotPath]
    public FrameAnswers Answers(int group, int lane)
    {
        AnswerTiming time = _times[group];
        int slot = _laneSlots[lane];
        long length = _waiting!.Length(slot), end = time.Length.Of(length < 0 ? _waiting.Taken(slot) : length);
        long first = ((_waiting.Steps(slot) - 1) * time.FramesPerStep) - time.Delay;
        int at = (int)Math.Clamp(-first, 0, time.FramesPerStep);
        int count = (int)Math.Clamp(end - first - at, 0, time.FramesPerStep - at), skipped = time.IsLatest ? Math.Max(0, count - 1) : 0;
        return new FrameAnswers(first + at + skipped, at + skipped, count - skipped);
    }

    /// <summary>The source frame to which a frame that the last step of a lane answered belongs: none that is newer than the step's own. It may lie outside the stream.</summary>
    public long PlaceOf(int group, int lane, long frame) => Math.Min(_times[group].PlaceOf(frame), (_waiting!.Steps(_laneSlots[lane]) * _timing!.FramesPerStep) - 1);

    /// <summary>Makes <see cref="Output"/> answer one frame of the last step, on one group of outputs; the others say nothing.</summary>
    /// <param name="group">The group.</param>
    /// <param name="frame">Place among the frames of the step.</param>
    [HotPath]
    public void Show(int group, int frame)
    {
        for (int port = 0; port < _shown.Length; port++) _shown[port] = _groups[port] == group ? frame : -1;
    }

    /// <inheritdoc/>
    [HotPath]
    public ReadOnlySpan<byte> Output(int port, int lane)
    {
        if (_waiting is null) return _steps.Output(port, lane);
        if (_shown[port] < 0) return [];
        return _outputs[port].Frame(_steps.Output(port, lane), _outputs[port].HasTime ? _shown[port] : 0);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _steps.Dispose();
        _waiting?.Dispose();
    }

    /// <summary>Steps after which all answers of a stream are out; 0 for one that is too short.</summary>
    private long StepsFor(long length)
    {
        long steps = 0;
        if (length < _timing!.ShortestStream) return steps;
        foreach (AnswerTiming time in _times) steps = Math.Max(steps, time.StepsFor(length));
        return steps;
    }

    private int StepSlot(int slot) => _waiting is null ? slot : _stepSlots[slot];

    private static (int[] Groups, AnswerTiming[] Times) Group(ImmutableArray<AnswerTiming> outputs)
    {
        List<AnswerTiming> times = [];
        int[] groups = new int[outputs.Length];
        for (int at = 0; at < outputs.Length; at++)
        {
            groups[at] = times.FindIndex(outputs[at].IsInStepWith);
            if (groups[at] >= 0) continue;
            groups[at] = times.Count;
            times.Add(outputs[at]);
        }
        return (groups, [.. times]);
    }

    private static void Check(StepSignature step, StreamTiming timing)
    {
        bool fits = timing.FramesPerStep >= 1 && timing.InputAxes.Length == step.Inputs.Length && timing.Outputs.Length == step.Outputs.Length;
        for (int at = 0; fits && at < step.Inputs.Length; at++) fits = timing.InputAxes[at] < 0 || step.Inputs[at].Shape[timing.InputAxes[at]] == timing.FramesPerStep;
        for (int at = 0; fits && at < step.Outputs.Length; at++)
        {
            AnswerTiming output = timing.Outputs[at];
            fits = output.Delay >= 0 && (output.Axis < 0 || step.Outputs[at].Shape[output.Axis] == output.FramesPerStep);
            bool endsInTime = ((long)output.FramesPerStep * ManySteps) - output.Delay <= output.Length.Of((long)timing.FramesPerStep * ManySteps);
            if (!endsInTime) throw new ArgumentException($"Output '{step.Outputs[at].Name}' of model '{step.ModelName}' has {output.Length} frames and lags by {output.Delay}: its last frames would be answered before the stream's end is known. Hold it back for longer.", nameof(timing));
        }
        if (!fits) throw new ArgumentException($"The timing of {timing.FramesPerStep} frames per step does not fit the ports of model '{step.ModelName}': {string.Join(", ", step.Inputs)} and {string.Join(", ", step.Outputs)}.", nameof(timing));
    }
}
