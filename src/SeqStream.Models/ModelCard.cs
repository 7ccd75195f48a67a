using System.Collections.Immutable;
using System.Text.Json;
using SeqStream.Contracts;
using SeqStream.Weights;

namespace SeqStream.Models;

/// <summary>What <c>card.json</c> says of a model: its task, how frames become inputs and outputs become emissions, and what was measured.</summary>
public sealed record ModelCard
{
    /// <summary>The name by which people call the model; that of its folder.</summary>
    public required string Name { get; init; }

    /// <summary>One line for people.</summary>
    public string Title { get; init; } = "";

    /// <summary>What the model does, such as <c>entity tagging</c>.</summary>
    public string Task { get; init; } = "";

    /// <summary>Shape of the task: <c>many-to-many</c>, <c>many-to-one</c>, <c>one-to-many</c>.</summary>
    public string Shape { get; init; } = "";

    /// <summary>The ONNX file, beside the card.</summary>
    public string Model { get; init; } = "model.onnx";

    /// <summary>Licence of the weights, as an SPDX expression.</summary>
    public string Licence { get; init; } = "";

    /// <summary>Labels in the order of the model's outputs; empty if it has none.</summary>
    public ImmutableArray<string> Labels { get; init; } = [];

    /// <summary>The front end's parameters with its <c>type</c>; undefined for plain numbers.</summary>
    public JsonElement FrontEnd { get; init; }

    /// <summary>The decoder's parameters with its <c>type</c>; undefined for plain outputs.</summary>
    public JsonElement Decoder { get; init; }

    /// <summary>Format of input where none is asked for.</summary>
    public string InputFormat { get; init; } = "jsonl";

    /// <summary>Format of output where none is asked for.</summary>
    public string OutputFormat { get; init; } = "jsonl";

    /// <summary>Steps per second of the data it was trained on; 0 if time plays no part.</summary>
    public double RateHz { get; init; }

    /// <summary>Least and greatest value of integer inputs, by name; the front end keeps to them.</summary>
    public ImmutableArray<(string Input, long Least, long Greatest)> Bounds { get; init; } = [];

    /// <summary>Number of trained parameters; 0 if unknown.</summary>
    public long Parameters { get; init; }

    /// <summary>Measured figures.</summary>
    public ImmutableArray<ModelFigure> Figures { get; init; } = [];

    /// <summary>What the weight forms cost; null where that was not measured.</summary>
    public ModelWeights? Weights { get; init; }

    /// <summary>The form in which it runs where nobody asks for another; null for the weights as its file has them.</summary>
    public WeightForm? RecommendedWeights => Weights is { Recommended: not WeightForm.Float32 } weights ? weights.Recommended : null;

    /// <summary>How to measure it; null if it cannot be.</summary>
    public ModelEvaluation? Evaluation { get; init; }

    /// <summary>What it generates and how.</summary>
    public ModelGeneration Generation { get; init; } = new("", "", ModelGeneration.UsualSteps);

    /// <summary>Name of the front end.</summary>
    public string FrontEndType => TypeOf(FrontEnd);

    /// <summary>Name of the decoder.</summary>
    public string DecoderType => TypeOf(Decoder);

    /// <summary>How many numbers a row has that the front end takes: its <c>channels</c>, else as many as the model.</summary>
    /// <param name="modelNumbers">Numbers of the model's input.</param>
    public int RowNumbers(int modelNumbers)
        => FrontEnd.ValueKind == JsonValueKind.Object && FrontEnd.TryGetProperty("channels", out JsonElement channels) && channels.TryGetInt32(out int count) ? count : modelNumbers;

    /// <summary>The card of a bare model: plain numbers in, plain outputs out.</summary>
    public static ModelCard Bare(string path) => new() { Name = Path.GetFileNameWithoutExtension(path), Model = Path.GetFileName(path), Task = "bare model" };

    /// <summary>Reads a card.</summary>
    /// <param name="path">The card's file.</param>
    /// <exception cref="CardException">The file is no card; the message names the key.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ModelCard Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Parse(File.ReadAllBytes(path), path);
    }

    /// <summary>Reads a card from memory.</summary>
    /// <param name="json">The card, JSON in UTF-8; not needed afterwards.</param>
    /// <param name="source">Where it came from, for messages.</param>
    /// <exception cref="CardException">The bytes are no card; the message names the key.</exception>
    public static ModelCard Parse(ReadOnlyMemory<byte> json, string source)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 32 });
            return Read(document.RootElement.Clone());
        }
        catch (JsonException problem)
        {
            throw new CardException($"Model card '{source}' is not JSON: {problem.Message}", problem);
        }
        catch (CardException problem)
        {
            throw new CardException($"{problem.Message} (in '{source}')", problem);
        }
    }

    private static ModelCard Read(JsonElement root)
    {
        CardSection card = new(root, "card");
        CardSection formats = card.Section("formats");
        ModelCard read = new()
        {
            Name = card.Text("name"),
            Title = card.Text("title", ""),
            Task = card.Text("task", ""),
            Shape = card.Text("shape", ""),
            Model = card.Text("model", "model.onnx"),
            Licence = card.Text("licence", ""),
            Labels = card.Has("labels") ? card.Texts("labels") : [],
            FrontEnd = card.Has("frontEnd") ? root.GetProperty("frontEnd") : default,
            Decoder = card.Has("decoder") ? root.GetProperty("decoder") : default,
            InputFormat = formats.Text("in", "jsonl"),
            OutputFormat = formats.Text("out", "jsonl"),
            RateHz = card.Has("rate") ? ReadRate(card, root.GetProperty("rate")) : 0,
            Bounds = card.Has("bounds") ? ReadBounds(card, root.GetProperty("bounds")) : [],
            Parameters = card.Whole("parameters", 0, long.MaxValue, 0),
            Figures = card.Has("figures") ? ReadFigures(card, root.GetProperty("figures")) : [],
            Weights = card.Has("weights") ? ReadWeights(card.Section("weights"), root.GetProperty("weights")) : null,
            Generation = ReadGeneration(card.Section("generation")),
            Evaluation = card.Has("evaluation") ? ReadEvaluation(card.Section("evaluation")) : null,
        };
        formats.Complete();
        card.Complete();
        return read;
    }

    private static double ReadRate(CardSection card, JsonElement rate)
        => rate.ValueKind == JsonValueKind.Object && rate.TryGetProperty("hz", out JsonElement hz) && hz.TryGetDouble(out double value)
            ? value
            : throw card.Refuse("rate", "expected an object such as {\"hz\":4}.");

    private static ImmutableArray<(string, long, long)> ReadBounds(CardSection card, JsonElement bounds)
    {
        if (bounds.ValueKind != JsonValueKind.Object) throw card.Refuse("bounds", "expected an object such as {\"ids\":[0,26]}.");
        ImmutableArray<(string, long, long)>.Builder read = ImmutableArray.CreateBuilder<(string, long, long)>();
        foreach (JsonProperty input in bounds.EnumerateObject())
        {
            bool isPair = input.Value.ValueKind == JsonValueKind.Array && input.Value.GetArrayLength() == 2 && input.Value[0].TryGetInt64(out _) && input.Value[1].TryGetInt64(out _);
            if (!isPair) throw card.Refuse($"bounds.{input.Name}", "expected a pair of whole numbers, least and greatest.");
            read.Add((input.Name, input.Value[0].GetInt64(), input.Value[1].GetInt64()));
        }
        return read.ToImmutable();
    }

    private static ImmutableArray<ModelFigure> ReadFigures(CardSection card, JsonElement figures)
    {
        if (figures.ValueKind != JsonValueKind.Array) throw card.Refuse("figures", "expected a list of objects with metric, value, data and command.");
        ImmutableArray<ModelFigure>.Builder read = ImmutableArray.CreateBuilder<ModelFigure>();
        foreach (JsonElement figure in figures.EnumerateArray())
        {
            CardSection section = new(figure, $"card.figures[{read.Count}]");
            if (!section.Has("value") || !figure.GetProperty("value").TryGetDouble(out double value)) throw section.Refuse("value", "expected a number.");
            read.Add(new ModelFigure(section.Text("metric"), value, section.Text("data", ""), section.Text("command", "")));
            section.Complete();
        }
        return read.ToImmutable();
    }

    private static ModelWeights ReadWeights(CardSection weights, JsonElement root)
    {
        if (!weights.Has("forms") || root.GetProperty("forms").ValueKind != JsonValueKind.Array) throw weights.Refuse("forms", "expected a list of objects with form, bytes, ns and figure.");
        ImmutableArray<ModelWeightFigure>.Builder forms = ImmutableArray.CreateBuilder<ModelWeightFigure>();
        foreach (JsonElement form in root.GetProperty("forms").EnumerateArray())
        {
            CardSection section = new(form, $"card.weights.forms[{forms.Count}]");
            forms.Add(new ModelWeightFigure(ReadForm(section, "form"), section.Whole("bytes", 0, long.MaxValue), section.Number("ns", 0, double.MaxValue), section.Number("figure", double.MinValue, double.MaxValue)));
            section.Complete();
        }
        ModelWeights read = new(ReadForm(weights, "recommended"), weights.Text("metric", ""), weights.Text("command", ""), weights.Text("machine", ""), forms.ToImmutable());
        weights.Complete();
        return read;
    }

    private static WeightForm ReadForm(CardSection section, string key)
        => WeightForms.TryParse(section.Text(key), out WeightForm form) ? form : throw section.Refuse(key, $"found '{section.Text(key)}', expected {string.Join(", ", WeightForms.Names)}.");

    private static ModelEvaluation ReadEvaluation(CardSection evaluation)
    {
        ModelEvaluation read = new(evaluation.Text("type"), evaluation.Text("format", ""));
        evaluation.Complete();
        return read;
    }

    private static ModelGeneration ReadGeneration(CardSection generation)
    {
        ModelGeneration read = new(generation.Text("writes", ""), generation.Text("begin", ""), (int)generation.Whole("steps", 1, 1_000_000, ModelGeneration.UsualSteps), generation.Number("temperature", 0, 10, 1));
        if (read.Writes is not ("" or "abc")) throw generation.Refuse("writes", $"found '{read.Writes}', expected 'abc', or no such key for plain text.");
        generation.Complete();
        return read;
    }

    private static string TypeOf(JsonElement section)
        => section.ValueKind == JsonValueKind.Object && section.TryGetProperty("type", out JsonElement type) && type.ValueKind == JsonValueKind.String ? type.GetString()! : "vector";
}
