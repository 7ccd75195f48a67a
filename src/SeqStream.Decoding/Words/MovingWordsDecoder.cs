using SeqStream.Contracts;
using SeqStream.State;

namespace SeqStream.Decoding.Words;

/// <summary>
/// The label of a text so far, after each of its words, and at the end the label of the whole with the words that moved it most.
/// A word's part is the change of the log-odds of the watched labels against the others, from the answer before the word to the answer after it.
/// An answer that may still change is partial.
/// </summary>
/// <param name="options">What to follow and how much of it to say.</param>
public sealed class MovingWordsDecoder(MovingWordsOptions options) : IDecoder
{
    private readonly float[] _scores = new float[options.Labels.Labels.Length]; // of the last step
    private readonly float[] _odds = new float[options.Labels.Labels.Length];   // exp(score - greatest score)
    private readonly MovingWord[] _words = CreateWords(options.Most);           // [_count] the greatest changes first
    private int _count;
    private float _before = options.Prior; // log-odds after the last step
    private long _step;
    private double _time;
    private bool _hasAnswer;

    /// <inheritdoc/>
    [HotPath]
    public void Accept(in StepResult result, IEmissionWriter emissions)
    {
        ReadOnlySpan<float> scores = result.Floats(options.Labels.Port);
        scores.CopyTo(_scores);
        (_step, _time, _hasAnswer) = (result.Step, result.Time, true);
        float now = LogOdds(scores);
        float change = now - _before;
        _before = now;
        Remember(result.Text, change);
        Emission emission = Answer(emissions);
        emission.IsPartial = true;
        emission.AddText(result.Text);
        emissions.Write(emission);
    }

    /// <inheritdoc/>
    public void End(IEmissionWriter emissions)
    {
        if (_hasAnswer)
        {
            Emission emission = Answer(emissions);
            for (int i = 0; i < _count; i++) emission.AddPart(_words[i].Text, _words[i].Change);
            emissions.Write(emission);
        }
        Reset();
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _count = 0;
        _before = options.Prior;
        _hasAnswer = false;
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write(_hasAnswer);
        if (!_hasAnswer) return;
        writer.WriteAll(_scores);
        writer.Write(_step);
        writer.Write(_time);
        writer.Write(_before);
        writer.Write(_count);
        for (int i = 0; i < _count; i++) _words[i].Save(writer);
    }

    /// <inheritdoc/>
    public void Restore(ref StateReader reader)
    {
        Reset();
        bool hasAnswer = reader.ReadBool();
        if (!hasAnswer) return;
        reader.ReadAll(_scores);
        _step = reader.ReadCount();
        _time = reader.ReadDouble();
        _before = (float)reader.ReadDouble();
        int count = reader.ReadInt(0, _words.Length);
        for (int i = 0; i < count; i++) _words[i].Restore(ref reader);
        _count = count;
        _hasAnswer = true;
    }

    private static MovingWord[] CreateWords(int count)
    {
        MovingWord[] words = new MovingWord[count];
        for (int i = 0; i < count; i++) words[i] = new MovingWord();
        return words;
    }

    /// <summary>log(sum of exp of the watched scores) - log(sum of exp of the others).</summary>
    [HotPath]
    private float LogOdds(ReadOnlySpan<float> scores)
    {
        Softmax.Exponentials(scores, _odds);
        float watched = 0, others = 0;
        for (int i = 0; i < _odds.Length; i++)
        {
            if (options.Watched[i]) watched += _odds[i];
            else others += _odds[i];
        }
        return MathF.Log(Math.Max(watched, float.Epsilon)) - MathF.Log(Math.Max(others, float.Epsilon));
    }

    /// <summary>Keeps the word if its change is among the greatest; of equal ones the first stays.</summary>
    [HotPath]
    private void Remember(ReadOnlySpan<byte> text, float change)
    {
        float size = MathF.Abs(change);
        if (!(size >= options.Least)) return;
        int place = _count;
        while (place > 0 && MathF.Abs(_words[place - 1].Change) < size) place--;
        if (place == _words.Length) return;
        _count = Math.Min(_count + 1, _words.Length);
        MovingWord moved = _words[_count - 1];
        for (int i = _count - 1; i > place; i--) _words[i] = _words[i - 1];
        moved.Set(text, change);
        _words[place] = moved;
    }

    private Emission Answer(IEmissionWriter emissions)
    {
        int best = Softmax.Best(_scores);
        float sum = Softmax.Exponentials(_scores, _odds);
        Emission emission = emissions.Rent();
        emission.Kind = EmissionKind.Label;
        emission.Step = _step;
        emission.Time = _time;
        emission.Label = options.Labels.Labels[best];
        emission.Score = _odds[best] / sum;
        return emission;
    }
}
