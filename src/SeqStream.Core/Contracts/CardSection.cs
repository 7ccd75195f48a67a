using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace SeqStream.Contracts;

/// <summary>
/// Typed reading of one JSON object of a model card. Every failure is a <see cref="CardException"/> that names the key path.
/// Read all keys, then call <see cref="Complete"/>, which refuses keys nobody asked for.
/// </summary>
/// <param name="element">The object; an undefined element reads as an empty object.</param>
/// <param name="path">Its place in the card, for messages: <c>frontEnd</c>.</param>
/// <param name="folder">The model's folder, where files lie that the card names; null for a card that has none.</param>
public sealed class CardSection(JsonElement element, string path, string? folder = null)
{
    private readonly HashSet<string> _read = new(StringComparer.Ordinal) { "type" };

    /// <summary>The object's place in the card.</summary>
    public string Path => path;

    /// <summary>True if the key is there and not null.</summary>
    public bool Has(string key) => Find(key, out _);

    /// <summary>A text.</summary>
    /// <param name="key">The key.</param>
    /// <param name="fallback">The value if the key is absent; null makes the key required.</param>
    public string Text(string key, string? fallback = null)
    {
        if (!Find(key, out JsonElement value)) return fallback ?? throw Missing(key, "a text");
        return value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Wrong(key, value, "a text");
    }

    /// <summary>true or false.</summary>
    public bool Flag(string key, bool fallback)
    {
        if (!Find(key, out JsonElement value)) return fallback;
        return value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Wrong(key, value, "true or false"),
        };
    }

    /// <summary>A whole number within [<paramref name="minimum"/>, <paramref name="maximum"/>].</summary>
    /// <param name="key">The key.</param>
    /// <param name="minimum">Least value.</param>
    /// <param name="maximum">Greatest value.</param>
    /// <param name="fallback">The value if the key is absent; null makes the key required.</param>
    public long Whole(string key, long minimum, long maximum, long? fallback = null)
    {
        string expected = string.Create(CultureInfo.InvariantCulture, $"a whole number from {minimum} to {maximum}");
        if (!Find(key, out JsonElement value)) return fallback ?? throw Missing(key, expected);
        bool fits = value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) && number >= minimum && number <= maximum;
        return fits ? value.GetInt64() : throw Wrong(key, value, expected);
    }

    /// <summary>A number within [<paramref name="minimum"/>, <paramref name="maximum"/>].</summary>
    /// <param name="key">The key.</param>
    /// <param name="minimum">Least value.</param>
    /// <param name="maximum">Greatest value.</param>
    /// <param name="fallback">The value if the key is absent; null makes the key required.</param>
    public double Number(string key, double minimum, double maximum, double? fallback = null)
    {
        string expected = string.Create(CultureInfo.InvariantCulture, $"a number from {minimum} to {maximum}");
        if (!Find(key, out JsonElement value)) return fallback ?? throw Missing(key, expected);
        bool fits = value.ValueKind == JsonValueKind.Number && value.GetDouble() >= minimum && value.GetDouble() <= maximum;
        return fits ? value.GetDouble() : throw Wrong(key, value, expected);
    }

    /// <summary>Texts in order.</summary>
    public ImmutableArray<string> Texts(string key)
    {
        ImmutableArray<string>.Builder texts = ImmutableArray.CreateBuilder<string>();
        foreach (JsonElement item in List(key, "a list of texts"))
        {
            if (item.ValueKind != JsonValueKind.String) throw Wrong(key, item, "a list of texts");
            texts.Add(item.GetString()!);
        }
        return texts.ToImmutable();
    }

    /// <summary>The lines of a UTF-8 text file that lies beside the card: the key holds its name, without a folder.</summary>
    public ImmutableArray<string> Lines(string key)
    {
        string name = Text(key);
        if (folder is null || name.Length == 0 || name != System.IO.Path.GetFileName(name)) throw Refuse(key, $"found '{name}', expected the name of a text file in the model's folder. Put the file beside card.json and name it without a folder.");
        string file = System.IO.Path.Combine(folder, name);
        try
        {
            return [.. File.ReadLines(file)];
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CardException(Refuse(key, $"the file '{file}' cannot be read: {problem.Message} Put it beside card.json.").Message, problem);
        }
    }

    /// <summary>Exactly <paramref name="count"/> finite numbers; any number of them if it is negative.</summary>
    public ImmutableArray<float> Numbers(string key, int count = -1)
    {
        string expected = count < 0 ? "a list of numbers" : string.Create(CultureInfo.InvariantCulture, $"a list of {count} numbers");
        ImmutableArray<float> numbers = NumbersOf(key, List(key, expected), expected);
        return count < 0 || numbers.Length == count ? numbers : throw Counted(key, numbers.Length, expected);
    }

    /// <summary>A table of <paramref name="rows"/> rows of <paramref name="columns"/> numbers, row by row.</summary>
    public ImmutableArray<float> Table(string key, int rows, int columns)
    {
        string expected = string.Create(CultureInfo.InvariantCulture, $"{rows} lists of {columns} numbers");
        ImmutableArray<float>.Builder table = ImmutableArray.CreateBuilder<float>(rows * columns);
        int found = 0;
        foreach (JsonElement row in List(key, expected))
        {
            if (row.ValueKind != JsonValueKind.Array) throw Wrong(key, row, expected);
            ImmutableArray<float> numbers = NumbersOf(key, row.EnumerateArray(), expected);
            if (numbers.Length != columns) throw Counted(key, numbers.Length, expected);
            table.AddRange(numbers);
            found++;
        }
        return found == rows ? table.ToImmutable() : throw Counted(key, found, expected);
    }

    /// <summary>An object inside this one; an empty section if the key is absent.</summary>
    public CardSection Section(string key)
    {
        if (!Find(key, out JsonElement value)) return new CardSection(default, $"{path}.{key}", folder);
        return value.ValueKind == JsonValueKind.Object ? new CardSection(value, $"{path}.{key}", folder) : throw Wrong(key, value, "an object");
    }

    /// <summary>Refuses the card if it has keys that were not read.</summary>
    /// <exception cref="CardException">An unknown key stands in the object.</exception>
    public void Complete()
    {
        if (element.ValueKind != JsonValueKind.Object) return;
        foreach (JsonProperty member in element.EnumerateObject())
        {
            if (!_read.Contains(member.Name))
            {
                throw new CardException($"Model card, '{path}.{member.Name}': this key is not known here. "
                    + $"Known keys: {string.Join(", ", _read.Order(StringComparer.Ordinal))}. Correct or remove it.");
            }
        }
    }

    /// <summary>An error about the value of a key: what was expected instead.</summary>
    public CardException Refuse(string key, string problem) => new($"Model card, '{path}.{key}': {problem}");

    private bool Find(string key, out JsonElement value)
    {
        _read.Add(key);
        value = default;
        if (element.ValueKind == JsonValueKind.Undefined) return false;
        if (element.ValueKind != JsonValueKind.Object) throw new CardException($"Model card, '{path}': found {Describe(element)}, expected an object.");
        return element.TryGetProperty(key, out value) && value.ValueKind != JsonValueKind.Null;
    }

    private JsonElement.ArrayEnumerator List(string key, string expected)
    {
        if (!Find(key, out JsonElement value)) throw Missing(key, expected);
        return value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : throw Wrong(key, value, expected);
    }

    private ImmutableArray<float> NumbersOf(string key, JsonElement.ArrayEnumerator items, string expected)
    {
        ImmutableArray<float>.Builder numbers = ImmutableArray.CreateBuilder<float>();
        foreach (JsonElement item in items)
        {
            bool isNumber = item.ValueKind == JsonValueKind.Number && item.TryGetSingle(out float number) && float.IsFinite(number);
            numbers.Add(isNumber ? item.GetSingle() : throw Wrong(key, item, expected));
        }
        return numbers.ToImmutable();
    }

    private CardException Missing(string key, string expected) => Refuse(key, $"the key is missing, expected {expected}. Add it to the card.");

    private CardException Wrong(string key, JsonElement found, string expected) => Refuse(key, $"found {Describe(found)}, expected {expected}.");

    private CardException Counted(string key, int found, string expected)
        => Refuse(key, string.Create(CultureInfo.InvariantCulture, $"found {found}, expected {expected}."));

    private static string Describe(JsonElement value)
    {
        string raw = value.GetRawText();
        return raw.Length <= 40 ? raw : raw[..40] + "...";
    }
}
