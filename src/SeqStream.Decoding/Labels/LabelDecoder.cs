using SeqStream.Contracts;
using SeqStream.State;

namespace SeqStream.Decoding.Labels;

/// <summary>
/// The most probable label, with its softmax probability as score: of every step, of a whole sequence at its end, or of the sequence so far at every
/// step, which is partial, and once more at the end, of no step's text.
/// </summary>
/// <param name="options">The labels and when to say them.</param>
public sealed class LabelDecoder(LabelOptions options) : IDecoder
{
    private readonly float[] _scores = new float[options.Labels.Length]; // of the last step, if it waits for the end
    private readonly float[] _odds = new float[options.Labels.Length];   // exp(score - greatest score)
    private byte[] _text = new byte[64];
    private int _textLength;
    private long _step;
    private double _time;
    private bool _isHeld;

    /// <inheritdoc/>
    [HotPath]
    public void Accept(in StepResult result, IEmissionWriter emissions)
    {
        if (options.IsHeld) Hold(result);
        if (options.IsRunning || !options.IsHeld) Say(result.Floats(options.Port), result.Step, result.Time, result.Text, options.IsRunning, emissions);
    }

    /// <inheritdoc/>
    public void End(IEmissionWriter emissions)
    {
        if (_isHeld) Say(_scores, _step, _time, options.IsRunning ? [] : _text.AsSpan(0, _textLength), isPartial: false, emissions);
        _isHeld = false;
    }

    /// <inheritdoc/>
    public void Reset() => _isHeld = false;

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write(_isHeld);
        if (!_isHeld) return;
        writer.WriteAll(_scores);
        writer.Write(_step);
        writer.Write(_time);
        writer.Write(_text.AsSpan(0, _textLength));
    }

    /// <inheritdoc/>
    public void Restore(ref StateReader reader)
    {
        _isHeld = reader.ReadBool();
        if (!_isHeld) return;
        reader.ReadAll(_scores);
        _step = reader.ReadCount();
        _time = reader.ReadDouble();
        Keep(reader.ReadBytes());
    }

    private void Keep(ReadOnlySpan<byte> text)
    {
        if (_text.Length < text.Length) _text = new byte[text.Length * 2];
        text.CopyTo(_text);
        _textLength = text.Length;
    }

    private void Hold(in StepResult result)
    {
        result.Floats(options.Port).CopyTo(_scores);
        Keep(result.Text);
        _step = result.Step;
        _time = result.Time;
        _isHeld = true;
    }

    private void Say(ReadOnlySpan<float> scores, long step, double time, ReadOnlySpan<byte> text, bool isPartial, IEmissionWriter emissions)
    {
        int best = Softmax.Best(scores);
        float sum = Softmax.Exponentials(scores, _odds);
        Emission emission = emissions.Rent();
        emission.Kind = EmissionKind.Label;
        emission.Step = step;
        emission.Time = time;
        emission.Label = options.Labels[best];
        emission.Score = _odds[best] / sum;
        emission.IsPartial = isPartial;
        emission.AddText(text);
        emissions.Write(emission);
    }
}
