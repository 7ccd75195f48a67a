using System.Globalization;
using SeqStream.Contracts;
using SeqStream.State;

namespace SeqStream.FrontEnds;

/// <summary>
/// A front end whose frames are rows of float32 numbers for one input, each of which makes at most one step of one input. What differs is how a row is judged and what it becomes:
/// <see cref="Take"/>, and what is remembered between rows. One stream, one thread at a time.
/// </summary>
/// <param name="port">The input of the features, float32.</param>
/// <param name="features">Numbers of a step.</param>
public abstract class RowFrontEnd(int port, int features) : IFrontEnd
{
    private readonly float[] _features = new float[features]; // [feature]
    private double _time;
    private bool _isReady;

    /// <summary>True while nothing is remembered.</summary>
    public bool IsIdle => !_isReady && !HasMemory;

    /// <summary>The features of the step, to be written by <see cref="Take"/> and kept until the next row.</summary>
    private protected Span<float> Features => _features;

    /// <summary>True if rows before this one matter.</summary>
    private protected abstract bool HasMemory { get; }

    /// <summary>What a row should be, for those who send something else: "expected ... . Send ...".</summary>
    private protected abstract string Expected { get; }

    /// <inheritdoc/>
    [HotPath]
    public FrameVerdict Accept(FramePayload payload, double time)
    {
        ArgumentNullException.ThrowIfNull(payload);
        if (payload.Content != FrameContent.Values) return FrameVerdict.Refused(WrongContent("text"));
        if (payload.SegmentCount != 1 || payload.Segment(0).IsInteger) return FrameVerdict.Refused(WrongContent(string.Create(CultureInfo.InvariantCulture, $"{payload.SegmentCount} inputs")));
        string? problem = Take(payload.Values(payload.Segment(0)), ref time, out bool isStep);
        if (problem is not null) return FrameVerdict.Refused(problem);
        if (!isStep) return FrameVerdict.Accepted;
        _time = time;
        _isReady = true;
        return FrameVerdict.Accepted;
    }

    /// <inheritdoc/>
    [HotPath]
    public bool TryNext(StepInputs inputs, ref StepNote note)
    {
        if (!_isReady) return false;
        _features.CopyTo(inputs.Floats(port));
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
    public void Reset()
    {
        Forget();
        _isReady = false;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        SaveMemory(writer);
        writer.Write(_isReady);
        if (!_isReady) return;
        writer.WriteAll(_features);
        writer.Write(_time);
    }

    /// <inheritdoc/>
    public void Restore(ref StateReader reader)
    {
        Reset();
        RestoreMemory(ref reader);
        _isReady = reader.ReadBool();
        if (!_isReady) return;
        reader.ReadAll(_features);
        _time = reader.ReadDouble();
    }

    /// <summary>Takes a row and writes <see cref="Features"/>, or says what is wrong with it and leaves everything as it was.</summary>
    /// <param name="row">The numbers.</param>
    /// <param name="time">Seconds of the frame, NaN if it has none; may be replaced by the row's own.</param>
    /// <param name="isStep">False if the row makes no step.</param>
    private protected abstract string? Take(ReadOnlySpan<float> row, ref double time, out bool isStep);

    /// <summary>Forgets the rows before.</summary>
    private protected abstract void Forget();

    /// <summary>Writes what is remembered between rows.</summary>
    private protected abstract void SaveMemory(StateWriter writer);

    /// <summary>Reads what <see cref="SaveMemory"/> wrote.</summary>
    private protected abstract void RestoreMemory(ref StateReader reader);

    /// <summary>The text of a refusal.</summary>
    private protected string WrongContent(string found) => $"found {found}, {Expected}";
}
