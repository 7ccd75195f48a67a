using System.Text;
using SeqStream.Contracts;
using SeqStream.State;

namespace SeqStream.Decoding.Beams;

/// <summary>
/// Writes the answer of an encoder-decoder word by word. Steps with a text are words of the source, which are remembered; a step without one is the first of the answer, and the decoder
/// asks for the others itself: which hypotheses live on, and what each said last, are the inputs of the next step. Words on which all hypotheses agree are said at once, in partial emissions
/// that have the text so far and are never taken back; the last emission has the whole text and how likely its words are on average. A word unknown to the model is copied from where it looked.
/// The answer begins with a capital if the source does.
/// </summary>
/// <param name="options">The model and the search.</param>
public sealed class BeamDecoder(BeamOptions options) : IFeedbackDecoder
{
    private readonly BeamSearch _search = new(options);
    private readonly SourceWords _source = new(options.Ports.Places);
    private bool _isWriting;   // a step follows from what was chosen
    private int _said;         // words said in partial emissions
    private double _time = double.NaN;

    /// <inheritdoc/>
    public bool IsIdle => _source.Count == 0 && !_isWriting;

    /// <inheritdoc/>
    [HotPath]
    public void Accept(in StepResult result, IEmissionWriter emissions)
    {
        if (!result.Text.IsEmpty)
        {
            _source.Add(result.Text);
            return;
        }
        if (!_isWriting) Begin(result.Time);
        _search.Advance(result.Floats(options.Ports.Scores), result.Floats(options.Ports.Attention), _source.Count);
        _isWriting = !_search.IsOver;
        if (_isWriting) SaySettled(result.Step, emissions);
        else SayAll(result.Step, emissions);
    }

    /// <inheritdoc/>
    [HotPath]
    public bool TryNext(StepInputs inputs, ref StepNote note)
    {
        if (!_isWriting) return false;
        for (int port = 0; port < options.Ports.Inputs; port++) inputs.Bytes(port).Clear();
        inputs.Integers(options.Ports.Phase)[0] = (long)SentencePhase.Write;
        _search.Parents.CopyTo(inputs.Integers(options.Ports.Parents));
        Span<long> target = inputs.Integers(options.Ports.Target);
        for (int row = 0; row < target.Length; row++) target[row] = _search.LastWord(row);
        note.Time = _time;
        note.Text = default;
        note.IsWarmUp = false;
        return true;
    }

    /// <inheritdoc/>
    public void End(IEmissionWriter emissions) => Reset();

    /// <inheritdoc/>
    public void Reset()
    {
        _source.Clear();
        (_isWriting, _said, _time) = (false, 0, double.NaN);
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        _source.Save(writer);
        writer.Write(_isWriting);
        if (!_isWriting) return;
        writer.Write(_said);
        writer.Write(_time);
        _search.Save(writer);
    }

    /// <inheritdoc/>
    public void Restore(ref StateReader reader)
    {
        Reset();
        _source.Restore(ref reader);
        if (!reader.ReadBool()) return;
        _said = reader.ReadInt(0, options.Longest);
        _time = reader.ReadDouble();
        _search.Restore(ref reader);
        _isWriting = true;
    }

    private void Begin(double time)
    {
        _said = 0;
        _time = time;
        _search.Begin((2 * _source.Count) + 10);
    }

    private void SaySettled(long step, IEmissionWriter emissions)
    {
        int settled = _search.Settled();
        if (settled <= _said) return;
        _said = settled;
        Emission emission = Say(step, _search.Leading[..settled], emissions);
        emission.IsPartial = true;
        emissions.Write(emission);
    }

    private void SayAll(long step, IEmissionWriter emissions)
    {
        Hypothesis best = _search.Best;
        Emission emission = Say(step, best.Words, emissions);
        emission.Score = BeamSearch.Certainty(best);
        emissions.Write(emission);
        Reset();
    }

    private Emission Say(long step, ReadOnlySpan<int> words, IEmissionWriter emissions)
    {
        Emission emission = emissions.Rent();
        emission.Kind = EmissionKind.Text;
        emission.Step = step;
        emission.Time = _time;
        EnglishJoiner joiner = EnglishJoiner.Start();
        bool isFirst = IsCapital(_source[0]);
        foreach (int id in words)
        {
            ReadOnlySpan<byte> word = id < 0 ? _source[~id] : options.Words[id];
            if (joiner.Take(word)) emission.AddText(" "u8);
            if (isFirst) AddCapital(emission, word);
            else emission.AddText(word);
            isFirst = false;
        }
        return emission;
    }

    private static bool IsCapital(ReadOnlySpan<byte> word)
    {
        Rune.DecodeFromUtf8(word, out Rune first, out _);
        return Rune.IsUpper(first);
    }

    private static void AddCapital(Emission emission, ReadOnlySpan<byte> word)
    {
        int capital = EnglishJoiner.CapitalOf(word, out int bytes);
        if (capital == 0)
        {
            emission.AddText(word);
            return;
        }
        Span<byte> utf8 = stackalloc byte[4];
        emission.AddText(utf8[..new Rune(capital).EncodeToUtf8(utf8)]);
        emission.AddText(word[bytes..]);
    }
}
