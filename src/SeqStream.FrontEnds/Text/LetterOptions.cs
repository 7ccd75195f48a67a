using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;
using SeqStream.Contracts;
using SeqStream.Plan;

namespace SeqStream.FrontEnds.Text;

/// <summary>What a <see cref="LetterFrontEnd"/> writes.</summary>
/// <param name="Symbols">The symbol of every id; the start and end marks have none and are empty.</param>
/// <param name="Start">Id of the mark that every sequence begins with.</param>
/// <param name="End">Id that the model answers when a sequence is complete.</param>
/// <param name="Lower">True if upper-case letters are read as lower-case ones.</param>
/// <param name="Port">The input of the id, int64.</param>
/// <param name="Class">The input that says what kind of text it is; null if there is none.</param>
public sealed record LetterOptions(ImmutableArray<string> Symbols, int Start, int End, bool Lower, int Port, ClassOptions? Class = null)
{
    private readonly FrozenDictionary<int, int> _ids = Symbols
        .Select((symbol, id) => (symbol, id))
        .Where(pair => pair.symbol.Length > 0)
        .ToFrozenDictionary(pair => Rune.GetRuneAt(pair.symbol, 0).Value, pair => pair.id);

    /// <summary>Reads <c>symbols</c>, <c>start</c>, <c>end</c>, <c>lower</c>, <c>class</c> and, if it has another name, the input <c>ids</c>.</summary>
    /// <exception cref="CardException">A parameter is wrong or the model lacks the input.</exception>
    public static LetterOptions Read(CardSection card, StepSignature signature)
    {
        ArgumentNullException.ThrowIfNull(card);
        ArgumentNullException.ThrowIfNull(signature);
        ImmutableArray<string> symbols = card.Texts("symbols");
        if (symbols.Any(s => s.EnumerateRunes().Count() > 1)) throw card.Refuse("symbols", "found a symbol of several letters, expected one each.");
        if (symbols.Where(s => s.Length > 0).Distinct().Count() != symbols.Count(s => s.Length > 0))
        {
            throw card.Refuse("symbols", "found the same letter twice, expected each once.");
        }
        int start = (int)card.Whole("start", 0, symbols.Length - 1);
        int end = (int)card.Whole("end", 0, symbols.Length - 1);
        int port = PortFit.Require(card, signature, card.Text("ids", "ids"), ElementType.Int64, 1);
        return new LetterOptions(symbols, start, end, card.Flag("lower", false), port, ClassOptions.Read(card, signature));
    }

    /// <summary>The id of a letter, or -1 if the model does not know it.</summary>
    [HotPath]
    public int IdOf(Rune letter) => _ids.GetValueOrDefault((Lower ? Rune.ToLowerInvariant(letter) : letter).Value, -1);
}
