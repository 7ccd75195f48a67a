using System.Text;
using SeqStream.Contracts;
using SeqStream.Decoding.Sampling;
using SeqStream.FrontEnds.Text;
using SeqStream.Hosting.Catalog;

namespace SeqStream.Hosting.Generation;

/// <summary>
/// One-to-many: a model of letters is given the start mark and the prompt, then its own choices, until it chooses the end mark.
/// The same seed gives the same text on one instruction set. One thread at a time.
/// </summary>
public sealed class LetterGenerator : IDisposable
{
    private readonly StreamSession _session;
    private readonly LetterOptions _letters;
    private readonly GenerationOptions _options;
    private readonly int[] _prompt;

    /// <summary>Creates the generator.</summary>
    /// <exception cref="ArgumentException">The model does not work letter by letter, or the prompt has a letter it does not know.</exception>
    /// <exception cref="CardException">The card's front end does not fit the model.</exception>
    public LetterGenerator(LoadedModel model, GenerationOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        _letters = LettersOf(model);
        _options = options;
        _prompt = [.. options.Prompt.EnumerateRunes().Select(IdOf)];
        _session = new StreamingModel(model.Executors).CreateSession();
    }

    /// <summary>Generates one sequence.</summary>
    /// <param name="index">Which of the seed's sequences, from 0.</param>
    /// <param name="nats">Sum of the generated symbols' negative log-probabilities, as the model gives them before temperature and cuts.</param>
    public string Next(int index, out double nats)
    {
        Sampler sampler = new(_options.Sampler with { Seed = unchecked(_options.Sampler.Seed + (ulong)index) });
        StringBuilder text = new(_options.Prompt);
        nats = 0;
        _session.Reset();
        Step(_letters.Start);
        foreach (int id in _prompt) Step(id);
        for (int step = 0; step < _options.MaxSteps; step++)
        {
            ReadOnlySpan<float> scores = _session.Output<float>(0);
            int id = sampler.Next(scores);
            if (id < 0) break;
            nats += LogProbability.NatsOf(scores, id);
            if (id == _letters.End || _letters.Symbols[id].Length == 0) break;
            text.Append(_letters.Symbols[id]);
            Step(id);
        }
        return text.ToString();
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    /// <summary>The letters of a model's front end.</summary>
    /// <exception cref="ArgumentException">The model does not work letter by letter.</exception>
    internal static LetterOptions LettersOf(LoadedModel model)
    {
        if (model.Card.FrontEndType != "letters")
            throw new ArgumentException($"Model '{model.Card.Name}' cannot generate: its front end is '{model.Card.FrontEndType}', expected 'letters'. 'seqstream models' shows the one-to-many models.");
        LetterOptions letters = LetterOptions.Read(new CardSection(model.Card.FrontEnd, "frontEnd"), model.Signature);
        StepPort output = model.Signature.Outputs[0];
        return output.Type == Plan.ElementType.Float32 && output.ElementCount == letters.Symbols.Length
            ? letters
            : throw new ArgumentException($"Model '{model.Card.Name}' answers {output}, but its card has {letters.Symbols.Length} symbols; expected one float32 score for each.");
    }

    private int IdOf(Rune letter)
    {
        int id = _letters.IdOf(letter);
        return id >= 0 ? id : throw new ArgumentException($"The prompt has the letter '{letter}', which the model does not know. Expected letters of '{string.Concat(_letters.Symbols)}'.");
    }

    private void Step(int id)
    {
        _session.Input<long>(_letters.Port)[0] = id;
        _session.Step();
    }
}
