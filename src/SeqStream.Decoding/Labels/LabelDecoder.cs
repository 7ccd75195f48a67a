using SeqStream.Contracts;

namespace SeqStream.Decoding.Labels;

/// <summary>The most probable label of every step, or of a whole sequence at its end, with its softmax probability as score.</summary>
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
        if (options.IsLastOnly) Hold(result);
        else Say(result.Floats(options.Port), result.Step, result.Time, result.Text, emissions);
    }

    /// <inheritdoc/>
    public void End(IEmissionWriter emissions)
    {
        if (_isHeld) Say(_scores, _step, _time, _text.AsSpan(0, _textLength), emissions);
        _isHeld = false;
    }

    /// <inheritdoc/>
    public void Reset() => _isHeld = false;

    private void Hold(in StepResult result)
    {
        result.Floats(options.Port).CopyTo(_scores);
        if (_text.Length < result.Text.Length) _text = new byte[result.Text.Length * 2];
        result.Text.CopyTo(_text);
        _textLength = result.Text.Length;
        _step = result.Step;
        _time = result.Time;
        _isHeld = true;
    }

    private void Say(ReadOnlySpan<float> scores, long step, double time, ReadOnlySpan<byte> text, IEmissionWriter emissions)
    {
        int best = Softmax.Best(scores);
        float sum = Softmax.Exponentials(scores, _odds);
        Emission emission = emissions.Rent();
        emission.Kind = EmissionKind.Label;
        emission.Step = step;
        emission.Time = time;
        emission.Label = options.Labels[best];
        emission.Score = _odds[best] / sum;
        emission.AddText(text);
        emissions.Write(emission);
    }
}
