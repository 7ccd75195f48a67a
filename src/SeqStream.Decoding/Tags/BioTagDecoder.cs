using SeqStream.Contracts;
using SeqStream.State;

namespace SeqStream.Decoding.Tags;

/// <summary>
/// Tags words by the best path through tag scores and transitions (Viterbi), settling each tag <see cref="BioTagOptions.Lag"/> words later or at the
/// end of the sequence. Later paths must agree with what was settled, so the tags said always form a legal sequence. The score of an emission is the
/// tag's probability given the words up to the one that settled it (forward-backward over the lag).
/// </summary>
public sealed class BioTagDecoder : IDecoder
{
    private readonly BioTagOptions _options;
    private readonly FixedLagPath _path;
    private readonly FixedLagPosterior _posterior;
    private readonly WaitingWord[] _waiting; // ring of [lag + 1] words, word t at t % (lag + 1)
    private long _steps;

    /// <summary>Creates the decoder of one stream.</summary>
    public BioTagDecoder(BioTagOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _path = new FixedLagPath(options);
        _posterior = new FixedLagPosterior(options);
        _waiting = new WaitingWord[options.Lag + 1];
        for (int i = 0; i < _waiting.Length; i++) _waiting[i] = new WaitingWord();
    }

    /// <inheritdoc/>
    [HotPath]
    public void Accept(in StepResult result, IEmissionWriter emissions)
    {
        ReadOnlySpan<float> scores = result.Floats(_options.Port);
        _waiting[_steps % _waiting.Length].Set(result);
        _path.Extend(scores);
        _posterior.Extend(scores);
        _steps++;
        if (_steps > _options.Lag) Say(_options.Lag, _path.Settle(_options.Lag), emissions);
    }

    /// <inheritdoc/>
    public void End(IEmissionWriter emissions)
    {
        _path.Finish();
        _posterior.Finish();
        for (int back = (int)Math.Min(_steps, _options.Lag) - 1; back >= 0; back--) Say(back, _path.Settle(back), emissions);
        Reset();
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _steps = 0;
        _path.Reset();
        _posterior.Reset();
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write(_steps);
        if (_steps == 0) return;
        foreach (WaitingWord word in _waiting) word.Save(writer);
        _path.Save(writer);
        _posterior.Save(writer);
    }

    /// <inheritdoc/>
    public void Restore(ref StateReader reader)
    {
        Reset();
        long steps = reader.ReadCount();
        if (steps == 0) return;
        foreach (WaitingWord word in _waiting) word.Restore(ref reader);
        _path.Restore(ref reader, steps);
        _posterior.Restore(ref reader, steps);
        _steps = steps;
    }

    private void Say(int back, int tag, IEmissionWriter emissions)
    {
        WaitingWord word = _waiting[(_steps - 1 - back) % _waiting.Length];
        Emission emission = emissions.Rent();
        emission.Kind = EmissionKind.Label;
        emission.Step = word.Step;
        emission.Time = word.Time;
        emission.Label = _options.Tags[tag];
        emission.Score = _posterior.Probability(back, tag);
        emission.AddText(word.Text);
        emissions.Write(emission);
    }
}
