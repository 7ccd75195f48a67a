using SeqStream.Decoding.Music;
using SeqStream.Hosting.Catalog;

namespace SeqStream.Hosting.Generation;

/// <summary>
/// Tunes in ABC notation that can be read: a tune that is cut off or has a place that says nothing playable is drawn again, a few times at most.
/// The same seed gives the same tune on one instruction set. One thread at a time.
/// </summary>
public sealed class TuneGenerator : IDisposable
{
    private const int MostDraws = 25;
    private const int Stride = 1_000_003; // between the sequences of a tune's draws, so that those of neighbours differ
    private readonly LetterGenerator _letters;
    private readonly int _draws;

    /// <summary>Creates the generator.</summary>
    /// <param name="model">A model whose card says that it writes <c>abc</c>.</param>
    /// <param name="options">What is wanted. With a greatest number of letters the first draw is taken as it is, since it may end anywhere.</param>
    /// <exception cref="ArgumentException">The model does not work letter by letter, or does not know a letter of the prompt.</exception>
    public TuneGenerator(LoadedModel model, GenerationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _letters = new LetterGenerator(model, options);
        _draws = options.MaxSteps is null ? MostDraws : 1;
    }

    /// <summary>Generates one tune; if no draw can be read, the last.</summary>
    /// <param name="index">Which of the seed's tunes, from 0.</param>
    /// <param name="nats">Sum of the generated symbols' negative log-probabilities, as the model gives them before temperature and cuts.</param>
    /// <param name="draws">How many draws it took.</param>
    public string Next(int index, out double nats, out int draws)
    {
        for (draws = 1; ; draws++)
        {
            string text = _letters.Next(unchecked(index + (draws - 1) * Stride), out nats);
            if (draws == _draws || IsReadable(text)) return text;
        }
    }

    /// <summary>True if a text is a tune with notes and without a problem.</summary>
    public static bool IsReadable(Tune tune)
    {
        ArgumentNullException.ThrowIfNull(tune);
        return tune.Problems.IsEmpty && !tune.Melody.IsEmpty;
    }

    /// <inheritdoc/>
    public void Dispose() => _letters.Dispose();

    private bool IsReadable(string text) => _letters.HasEnded && IsReadable(AbcReader.Read(text));
}
