using SeqStream.Contracts;
using SeqStream.Execution;
using SeqStream.State;

namespace SeqStream;

/// <summary>
/// One stream of a model with its front end and decoder, fed synchronously: a frame goes in, all steps that it makes due are made at once, and what the decoder said waits to be taken.
/// The same frames say the same as through a route, bit for bit. Allocates nothing once its buffers have grown. One thread at a time; different streams are independent.
/// </summary>
public sealed class LiveStream : IDisposable
{
    /// <summary>Most emissions that may wait to be taken before a frame is refused.</summary>
    public const int MostWaiting = 1 << 16;

    private const int Magic = 0x4C535153;   // "SQSL"
    private const int Version = 1;
    private const int ChecksumBytes = 4;
    private readonly IExecutorFactory _executors;
    private readonly Func<IFrontEnd> _createFrontEnd;
    private readonly Func<IDecoder> _createDecoder;
    private readonly StreamTiming? _timing;
    private readonly FrameExecutor _executor;
    private readonly IFrontEnd _frontEnd;
    private readonly IDecoder _decoder;
    private readonly IFeedbackDecoder? _feedback;
    private readonly FrameNotes _notes = new();
    private readonly FrameNote _latest = new();
    private readonly FramePayload _payload = new();
    private readonly EmissionQueue _said = new();
    private readonly int _mostUnanswered;
    private readonly int[] _slot = new int[1];
    private bool _isOpen;

    /// <summary>Opens a stream in the model's first state.</summary>
    /// <param name="executors">Makes the steps.</param>
    /// <param name="createFrontEnd">A front end of the model in its first state.</param>
    /// <param name="createDecoder">A decoder of the model in its first state.</param>
    /// <param name="timing">What the steps mean in time; null if every frame is a step and is answered at once.</param>
    public LiveStream(IExecutorFactory executors, Func<IFrontEnd> createFrontEnd, Func<IDecoder> createDecoder, StreamTiming? timing = null)
    {
        ArgumentNullException.ThrowIfNull(executors);
        ArgumentNullException.ThrowIfNull(createFrontEnd);
        ArgumentNullException.ThrowIfNull(createDecoder);
        (_executors, _createFrontEnd, _createDecoder, _timing) = (executors, createFrontEnd, createDecoder, timing);
        _frontEnd = createFrontEnd();
        _decoder = createDecoder();
        _feedback = _decoder as IFeedbackDecoder;
        _executor = new FrameExecutor(executors.CreateExecutor(maxLanes: 1, expectedStreams: 1), timing);
        _mostUnanswered = timing?.MostUnanswered ?? 0;
        _slot[0] = _executor.Rent();
    }

    /// <summary>What a frame takes, answers and leaves remembered.</summary>
    public StepSignature Signature => _executor.Signature;

    /// <summary>Steps of the sequence so far that were told to the decoder.</summary>
    public long Steps { get; private set; }

    /// <summary>Emissions that wait to be taken.</summary>
    public int Waiting => _said.Count;

    /// <summary>Feeds a frame and makes every step that it makes due.</summary>
    /// <param name="frame">The caller's again on return.</param>
    /// <param name="time">Measured time in seconds; NaN if unknown.</param>
    /// <returns>Accepted, or why it was refused whole: the stream is then as it was.</returns>
    [HotPath]
    public FrameVerdict Push(FramePayload frame, double time = double.NaN)
    {
        ArgumentNullException.ThrowIfNull(frame);
        if (_said.Count >= MostWaiting) return FrameVerdict.Refused($"found {_said.Count} emissions that nobody took, expected fewer than {MostWaiting}. Take them with TryTake before the next frame.");
        FrameVerdict verdict = _frontEnd.Accept(frame, time);
        if (!verdict.IsAccepted) return verdict;
        _isOpen = true;
        _latest.Set(0, new StepNote { Time = double.NaN }, frame.Echo, frame.HasNames);
        StepWhileDue();
        return FrameVerdict.Accepted;
    }

    /// <summary>Feeds a row of numbers, or samples of sound, for the model's first input.</summary>
    /// <inheritdoc cref="Push(FramePayload, double)"/>
    [HotPath]
    public FrameVerdict Push(ReadOnlySpan<float> numbers, double time = double.NaN)
    {
        _payload.Clear();
        PortNumbers.Begin(_payload, Signature, 0);
        if (!Signature.Inputs[0].IsInteger())
        {
            _payload.Add(numbers);
            return Push(_payload, time);
        }
        foreach (float number in numbers)
        {
            if (PortNumbers.Add(_payload, Signature.Inputs[0], number) is { } problem) return FrameVerdict.Refused(problem);
        }
        return Push(_payload, time);
    }

    /// <summary>Feeds a piece of running text; pieces are joined.</summary>
    /// <param name="utf8">The text.</param>
    /// <param name="time">Measured time in seconds; NaN if unknown.</param>
    /// <returns>Accepted, or why it was refused whole: the stream is then as it was.</returns>
    [HotPath]
    public FrameVerdict PushText(ReadOnlySpan<byte> utf8, double time = double.NaN)
    {
        _payload.Clear();
        _payload.Content = FrameContent.Text;
        _payload.AddText(utf8);
        return Push(_payload, time);
    }

    /// <summary>The sequence is complete: what waited for look-ahead is stepped, the decoder says the rest, an emission of kind <see cref="EmissionKind.End"/> follows, and everything is forgotten.</summary>
    /// <returns>False if nothing was open, or the sequence was too short for an answer.</returns>
    public bool End()
    {
        if (!_isOpen) return false;
        _frontEnd.End();
        StepWhileDue();
        bool isLongEnough = _executor.End(_slot[0]);
        StepWhileDue();
        _decoder.End(_said.Of(_latest));
        Emission end = _said.Rent();
        end.Kind = EmissionKind.End;
        end.Step = Steps;
        _said.Write(end);
        Forget();
        return isLongEnough;
    }

    /// <summary>Takes the oldest emission that waits; give it back by <see cref="Return"/>. False if none does.</summary>
    [HotPath]
    public bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Emission? emission) => _said.TryTake(out emission);

    /// <summary>Takes an emission back for reuse; the caller must not touch it any more.</summary>
    [HotPath]
    public void Return(Emission emission) => _said.Return(emission);

    /// <summary>Forgets the sequence, and what was said but not taken.</summary>
    public void Reset()
    {
        _said.Clear();
        Forget();
    }

    /// <summary>Opens another stream that remembers the same. What waits to be taken stays with this one.</summary>
    public LiveStream Fork()
    {
        LiveStream fork = new(_executors, _createFrontEnd, _createDecoder, _timing);
        fork.Restore(Save());
        return fork;
    }

    /// <summary>Everything that is remembered, as bytes that any process with the same model can restore. What waits to be taken is not among it.</summary>
    public byte[] Save()
    {
        StateWriter record = new(), part = new();
        record.Write(Magic);
        record.Write(Version);
        record.Write((long)Signature.Layout.Id);
        record.Write((long)Signature.ModelId);
        record.Write(Steps);
        record.Write(_isOpen);
        _executor.Save(_slot[0], record.Reserve(Signature.Layout.RowBytes));
        Append(record, part, _frontEnd.Save);
        Append(record, part, _decoder.Save);
        Append(record, part, _latest.Save);
        Append(record, part, _notes.Save);
        record.Write((int)Crc32C.Of(record.Written));
        return record.Written.ToArray();
    }

    /// <summary>Replaces what is remembered by what <see cref="Save"/> gave. What waits to be taken stays.</summary>
    /// <exception cref="StateSnapshotException">The bytes are damaged or belong to another model. The stream is as it was, or, where a part was damaged in spite of its checksum, reset.</exception>
    public void Restore(ReadOnlySpan<byte> saved)
    {
        StateReader reader = OpenSaved(saved, out long steps);
        try
        {
            Take(ref reader);
            Steps = steps;
        }
        catch (StateSnapshotException)
        {
            Forget();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _executor.Dispose();

    private static void Append(StateWriter record, StateWriter part, Action<StateWriter> save)
    {
        part.Clear();
        save(part);
        record.Write(part.Written);
    }

    private StateReader OpenSaved(ReadOnlySpan<byte> saved, out long steps)
    {
        if (saved.Length < ChecksumBytes) throw new StateSnapshotException($"The saved stream has {saved.Length} bytes: it was cut short. Use an intact copy.");
        StateReader reader = new(saved[..^ChecksumBytes]);
        if (reader.ReadInt() != Magic) throw new StateSnapshotException("The bytes do not begin with 'SQSL': this is no saved stream.");
        int version = reader.ReadInt();
        if (version != Version) throw new StateSnapshotException($"The saved stream has format version {version}; this build reads version {Version}. Use the SeqStream version that wrote it.");
        if ((int)Crc32C.Of(saved[..^ChecksumBytes]) != System.Buffers.Binary.BinaryPrimitives.ReadInt32LittleEndian(saved[^ChecksumBytes..])) throw new StateSnapshotException("The saved stream's checksum does not fit its bytes: it was damaged. Use an intact copy.");
        ulong layout = (ulong)reader.ReadLong(), model = (ulong)reader.ReadLong();
        if (layout != Signature.Layout.Id || model != Signature.ModelId)
            throw new StateSnapshotException($"The saved stream belongs to model {model:x16} with layout {layout:x16}; '{Signature.ModelName}' is {Signature.ModelId:x16} with layout {Signature.Layout.Id:x16}. Its memory would mean something else.");
        steps = reader.ReadCount();
        return reader;
    }

    private void Take(ref StateReader reader)
    {
        Forget();
        bool isOpen = reader.ReadBool();
        ReadOnlySpan<byte> row = reader.ReadBytes();
        if (row.Length != Signature.Layout.RowBytes) throw new StateSnapshotException($"The saved stream has a state of {row.Length} bytes; model '{Signature.ModelName}' needs {Signature.Layout.RowBytes}. Use an intact copy.");
        StateReader frontEnd = new(reader.ReadBytes()), decoder = new(reader.ReadBytes()), latest = new(reader.ReadBytes()), notes = new(reader.ReadBytes());
        _frontEnd.Restore(ref frontEnd);
        _decoder.Restore(ref decoder);
        _latest.Restore(ref latest);
        _notes.Restore(ref notes, _mostUnanswered);
        _executor.Restore(_slot[0], row);
        _isOpen = isOpen;
    }

    private void Forget()
    {
        _executor.Reset(_slot[0]);
        _frontEnd.Reset();
        _decoder.Reset();
        _notes.Clear();
        _latest.Clear();
        _isOpen = false;
        Steps = 0;
    }

    [HotPath]
    private void StepWhileDue()
    {
        StepNote note = default;
        while (TryFill(ref note))
        {
            _executor.Step(_slot);
            for (int group = 0; group < _executor.Groups; group++) TellAnswers(group);
            if (!_executor.IsPlain || note.IsWarmUp) continue;
            _decoder.Accept(new StepResult(_executor, 0, Steps++, in note), _said.Of(_latest));
        }
    }

    /// <summary>Makes the lane ready; false if no step is due.</summary>
    private bool TryFill(ref StepNote note)
    {
        if (_executor.TryFill(_slot[0], 0)) return true;
        while (true)
        {
            note = new StepNote { Time = double.NaN };
            StepInputs inputs = new(_executor, 0);
            bool hasFrame = (_feedback is not null && _feedback.TryNext(inputs, ref note)) || _frontEnd.TryNext(inputs, ref note);
            if (!hasFrame) return false;
            if (!_executor.IsPlain) _notes.Add(_executor.Taken(_slot[0]), _mostUnanswered, in note, _latest.Echo, _latest.HasNames);
            if (_executor.Take(_slot[0], 0)) return true;
        }
    }

    /// <summary>Every frame that a step answered is told on its own, with what is known of the frame to which it belongs.</summary>
    private void TellAnswers(int group)
    {
        FrameAnswers answers = _executor.Answers(group, 0);
        for (int at = 0; at < answers.Count; at++)
        {
            long frame = answers.First + at;
            FrameNote? note = _notes.Find(_executor.PlaceOf(group, 0, frame));
            Steps = Math.Max(Steps, frame + 1);
            StepNote step = note?.Step ?? new StepNote { Time = double.NaN };
            if (step.IsWarmUp) continue;
            _executor.Show(group, answers.At + at);
            _decoder.Accept(new StepResult(_executor, 0, frame, in step), _said.Of(note));
        }
    }
}
