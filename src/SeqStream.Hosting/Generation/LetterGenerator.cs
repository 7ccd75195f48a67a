using System.Text;
using SeqStream.Contracts;
using SeqStream.Decoding.Sampling;
using SeqStream.FrontEnds.Text;
using SeqStream.Hosting.Catalog;
using SeqStream.State;

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
    private readonly string _beginning;
    private readonly int[] _prompt;
    private readonly int _class;
    private readonly int _maxSteps;
    private Sampler _sampler;
    private int _pending; // the symbol to be given to the model next; its answer chooses the symbol after it
    private int _steps;   // symbols chosen
    private bool _isOver;
    private double _endCost; // nats of the end mark, once it was chosen

    /// <summary>Creates the generator, at the beginning of the seed's first sequence.</summary>
    /// <exception cref="ArgumentException">The model does not work letter by letter, has no such class, or does not know a letter of the prompt.</exception>
    /// <exception cref="CardException">The card's front end does not fit the model.</exception>
    public LetterGenerator(LoadedModel model, GenerationOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        _letters = LettersOf(model);
        _options = options;
        _class = ClassOf(model, _letters, options.Class);
        _maxSteps = options.MaxSteps ?? model.Card.Generation.Steps;
        _beginning = model.Card.Generation.Complete(options.Prompt);
        _prompt = [.. _beginning.EnumerateRunes().Select(IdOf)];
        _session = new StreamingModel(model.Executors).CreateSession();
        _sampler = SamplerOf(0);
        Begin(0);
    }

    /// <summary>True if the model ended the sequence itself, false while it goes on or was cut off.</summary>
    public bool HasEnded => _isOver;

    /// <summary>Generates one sequence.</summary>
    /// <param name="index">Which of the seed's sequences, from 0.</param>
    /// <param name="nats">Sum of the generated symbols' negative log-probabilities, as the model gives them before temperature and cuts.</param>
    public string Next(int index, out double nats)
    {
        Begin(index);
        StringBuilder text = new(_beginning);
        nats = 0;
        while (TryNext(out string symbol, out double cost))
        {
            nats += cost;
            text.Append(symbol);
        }
        nats += _endCost;
        return text.ToString();
    }

    /// <summary>Begins a sequence: the model is given the start mark and the prompt.</summary>
    /// <param name="index">Which of the seed's sequences, from 0.</param>
    public void Begin(int index)
    {
        _sampler = SamplerOf(index);
        _session.Reset();
        _steps = 0;
        _isOver = false;
        _endCost = 0;
        _pending = _letters.Start;
        foreach (int id in _prompt)
        {
            Step(_pending);
            _pending = id;
        }
    }

    /// <summary>Chooses the next symbol; false if the sequence is over.</summary>
    /// <param name="symbol">The symbol.</param>
    /// <param name="nats">Its negative log-probability, as the model gives it before temperature and cuts.</param>
    public bool TryNext(out string symbol, out double nats)
    {
        symbol = "";
        nats = 0;
        if (_isOver || _steps >= _maxSteps) return false;
        Step(_pending);
        ReadOnlySpan<float> scores = _session.Output<float>(0);
        int id = _sampler.Next(scores);
        if (id >= 0) nats = LogProbability.NatsOf(scores, id);
        _isOver = id < 0 || id == _letters.End || _letters.Symbols[id].Length == 0;
        if (_isOver)
        {
            _endCost = nats;
            return false;
        }
        symbol = _letters.Symbols[id];
        _pending = id;
        _steps++;
        return true;
    }

    /// <summary>The sequence's memory: what the model remembers, where the random numbers stand, the symbol chosen last. What was written so far is the caller's.</summary>
    public byte[] Save()
    {
        StateWriter writer = new();
        writer.Write(_pending);
        writer.Write(_steps);
        writer.Write(_isOver);
        _sampler.Save(writer);
        writer.Write(_session.Save());
        return writer.Written.ToArray();
    }

    /// <summary>Goes on, symbol for symbol, from where <see cref="Save"/> was called, in any process with the same model and options.</summary>
    /// <exception cref="StateSnapshotException">The bytes are damaged or belong to another model.</exception>
    public void Restore(ReadOnlySpan<byte> saved)
    {
        StateReader reader = new(saved);
        int pending = reader.ReadInt(0, _letters.Symbols.Length - 1);
        int steps = reader.ReadInt(0, int.MaxValue);
        bool isOver = reader.ReadBool();
        Sampler sampler = SamplerOf(0);
        sampler.Restore(ref reader);
        _session.Restore(reader.ReadBytes());
        (_pending, _steps, _isOver, _sampler) = (pending, steps, isOver, sampler);
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

    /// <summary>The id of a class of a model's front end; 0 where the card has no classes and none is asked for.</summary>
    /// <exception cref="ArgumentException">The model has no such class.</exception>
    internal static int ClassOf(LoadedModel model, LetterOptions letters, string name)
    {
        if (letters.Class is not null) return letters.Class.IdOf(name);
        return name.Length == 0 ? 0 : throw new ArgumentException($"Model '{model.Card.Name}' has no classes to choose among, but the class '{name}' was asked for. Leave it out.");
    }

    private Sampler SamplerOf(int index) => new(_options.Sampler with { Seed = unchecked(_options.Sampler.Seed + (ulong)index) });

    private int IdOf(Rune letter)
    {
        int id = _letters.IdOf(letter);
        return id >= 0 ? id : throw new ArgumentException($"The prompt has the letter '{letter}', which the model does not know. Expected letters of '{string.Concat(_letters.Symbols)}'.");
    }

    private void Step(int id)
    {
        _session.Input<long>(_letters.Port)[0] = id;
        if (_letters.Class is not null) _session.Input<long>(_letters.Class.Port)[0] = _class;
        _session.Step();
    }
}
