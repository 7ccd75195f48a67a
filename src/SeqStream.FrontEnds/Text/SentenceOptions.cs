using System.Collections.Frozen;
using System.Collections.Immutable;
using SeqStream.Contracts;
using SeqStream.Plan;

namespace SeqStream.FrontEnds.Text;

/// <summary>What a <see cref="SentenceFrontEnd"/> reads and writes.</summary>
/// <param name="Ids">Lower-case words and their ids.</param>
/// <param name="Unknown">Id of every other word.</param>
/// <param name="Elide">True if an apostrophe ends the word before it.</param>
/// <param name="Longest">Most words of a sentence: the places of the model's memory.</param>
/// <param name="SourcePort">The input of the word's id, int64.</param>
/// <param name="PhasePort">The input that says what the step does, int64: a <see cref="SentencePhase"/>.</param>
/// <param name="PlacePort">The input of the word's place in the sentence, int64.</param>
/// <param name="OtherPorts">Inputs that mean nothing while a sentence is read; they are written as zeros.</param>
public sealed record SentenceOptions(FrozenDictionary<string, int> Ids, int Unknown, bool Elide, int Longest, int SourcePort, int PhasePort, int PlacePort, ImmutableArray<int> OtherPorts)
{
    private const string UnknownWord = "<unknown>";
    private readonly FrozenDictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _ids = Ids.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Reads <c>words</c> (a file beside the card: line n, from 0, is the word of id n, one of them <c>&lt;unknown&gt;</c>), <c>elide</c> and <c>longest</c>.</summary>
    /// <exception cref="CardException">A parameter is wrong or the model lacks an input.</exception>
    public static SentenceOptions Read(CardSection card, StepSignature signature)
    {
        ArgumentNullException.ThrowIfNull(card);
        ArgumentNullException.ThrowIfNull(signature);
        ImmutableArray<string> words = card.Lines("words");
        Dictionary<string, int> ids = [];
        for (int id = 0; id < words.Length; id++)
        {
            if (!ids.TryAdd(words[id], id)) throw card.Refuse("words", $"line {id + 1} has the word '{words[id]}' again, expected each word once. Remove one of them and train anew.");
        }
        if (!ids.TryGetValue(UnknownWord, out int unknown)) throw card.Refuse("words", $"no line is '{UnknownWord}', expected one: its number is the id of words that are in no other line.");
        int longest = (int)card.Whole("longest", 1, 10000);
        int source = PortFit.Require(card, signature, "source", ElementType.Int64, 1), phase = PortFit.Require(card, signature, "phase", ElementType.Int64, 1), place = PortFit.Require(card, signature, "place", ElementType.Int64, 1);
        ImmutableArray<int> others = [.. Enumerable.Range(0, signature.Inputs.Length).Where(port => port != source && port != phase && port != place)];
        return new SentenceOptions(ids.ToFrozenDictionary(StringComparer.Ordinal), unknown, card.Flag("elide", false), longest, source, phase, place, others);
    }

    /// <summary>The id of a word in UTF-8, of any case.</summary>
    [HotPath]
    public int IdOf(ReadOnlySpan<byte> word)
    {
        Span<char> letters = stackalloc char[2 * SentenceSplitter.LongestWord];
        int length = 0;
        while (!word.IsEmpty)
        {
            System.Text.Rune.DecodeFromUtf8(word, out System.Text.Rune letter, out int bytes);
            word = word[bytes..];
            if (!LetterCase.Lower(letter).TryEncodeToUtf16(letters[length..], out int written)) return Unknown;
            length += written;
        }
        return _ids.TryGetValue(letters[..length], out int id) ? id : Unknown;
    }
}
