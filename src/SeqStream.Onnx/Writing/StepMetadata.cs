using System.Collections.Immutable;
using System.Globalization;
using SeqStream.Contracts;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Lowering.Rules;
using SeqStream.Plan;
using SeqStream.Weights;

namespace SeqStream.Onnx.Writing;

/// <summary>
/// What the metadata of a step model say beside its graph, written and read:
/// <code>
/// seqstream.state.INPUT     OUTPUT;init=zeros | ones | a number for all elements | base64:little-endian elements of the input
/// seqstream.output.NAME     timing=EveryStep;delay=2;frames=1;axis=2;length=floor((S + 2) / 4);origin=0;lookahead=3
/// seqstream.constant.NAME   int64;[1];base64:...    an input of the original that was bound to one value
/// seqstream.weights         int8 | int4: products of the integer weights in the file are meant to be integer, with activations rounded to 8 bits
/// seqstream.frames          source frames of one step
/// seqstream.shortest        source frames of the shortest stream whose steps equal the whole sequence
/// </code>
/// </summary>
internal static class StepMetadata
{
    public const string StatePrefix = "seqstream.state.";
    public const string OutputPrefix = "seqstream.output.";
    private const string ConstantPrefix = "seqstream.constant.";
    private const string FramesKey = "seqstream.frames";
    private const string ShortestKey = "seqstream.shortest";
    private const string WeightsKey = "seqstream.weights";
    private const string Base64 = "base64:";
    private const int MostDelay = 1 << 20;

    /// <summary>The metadata of a model that is written.</summary>
    public static IEnumerable<(string Key, string Value)> Describe(LoweringResult lowering, StepPlan plan, ImmutableArray<WrittenState> states, StepModelOptions options)
    {
        foreach (WrittenState state in states) yield return (StatePrefix + state.Input, $"{state.Output};init={Show(state.Initial)}");
        foreach (PlanOutput output in plan.Outputs)
        {
            LoweredOutput? timing = lowering.Outputs.FirstOrDefault(lowered => lowered.Name == output.Name);
            if (timing is not null) yield return (OutputPrefix + output.Name, Show(timing, options.Streams != 1 && !StepGraph.IsBatched(output.Wire.Shape) ? 1 : 0));
        }
        foreach (StepConstant constant in plan.Constants) yield return (ConstantPrefix + constant.Name, $"{constant.Value.Type.DisplayName()};{constant.Value.Shape};{Base64}{Convert.ToBase64String(constant.Value.Bytes)}");
        if (plan.SmallForms.Any(static form => form.IsInteger())) yield return (WeightsKey, plan.SmallForms.Last(static form => form.IsInteger()).ShortName());
        yield return (FramesKey, lowering.FramesPerStep.ToString(CultureInfo.InvariantCulture));
        yield return (ShortestKey, lowering.ShortestStream.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>An initial value, as text.</summary>
    public static string Show(ConstantTensor? initial)
    {
        if (initial is null || !initial.Bytes.ContainsAnyExcept((byte)0)) return "zeros";
        int size = initial.Type.ByteSize();
        bool isUniform = initial.Bytes[size..].SequenceEqual(initial.Bytes[..^size]);
        double first = Scalars.First(initial);
        bool isExact = isUniform && Scalars.Of(initial.Type, first).Bytes.SequenceEqual(initial.Bytes[..size]);
        if (!isExact || double.IsNaN(first)) return Base64 + Convert.ToBase64String(initial.Bytes);
        return first == 1 && initial.Type == ElementType.Float32 ? "ones" : first.ToString("R", CultureInfo.InvariantCulture);
    }

    /// <summary>An initial value from its text; null if the text is none, or does not fit type and shape.</summary>
    public static ConstantTensor? Read(string text, ElementType type, TensorShape shape)
    {
        if (text.StartsWith(Base64, StringComparison.Ordinal))
        {
            byte[] bytes = new byte[text.Length];
            int expected = checked(shape.ElementCount * type.ByteSize());
            return Convert.TryFromBase64String(text[Base64.Length..], bytes, out int count) && count == expected ? new ConstantTensor(type, shape, bytes[..count]) : null;
        }
        double value = 1;
        if (text != "ones" && !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value)) return null;
        ReadOnlySpan<byte> element = Scalars.Of(type, value).Bytes;
        byte[] all = new byte[shape.ElementCount * element.Length];
        for (int at = 0; at < all.Length; at += element.Length) element.CopyTo(all.AsSpan(at));
        return new ConstantTensor(type, shape, all);
    }

    /// <summary>What the metadata say of an output; null if they say nothing that can be understood.</summary>
    public static LoweredOutput? OutputOf(IReadOnlyDictionary<string, string> metadata, string name)
    {
        if (!metadata.TryGetValue(OutputPrefix + name, out string? text)) return null;
        Dictionary<string, string> parts = text.Split(';', StringSplitOptions.TrimEntries).Select(static part => part.Split('=', 2)).Where(static part => part.Length == 2).DistinctBy(static part => part[0]).ToDictionary(static part => part[0], static part => part[1]);
        bool isWhole = Enum.TryParse(parts.GetValueOrDefault("timing"), out OutputTiming timing) & Number("delay", out long delay) & Number("frames", out long frames) & Number("axis", out long axis) & Number("lookahead", out long lookAhead);
        if (!isWhole || frames is < 1 or > int.MaxValue || delay is < 0 or > MostDelay || axis is < -1 or > int.MaxValue || !StreamLengthText.TryRead(parts.GetValueOrDefault("length", ""), out StreamLength? length)) return null;
        if (!double.TryParse(parts.GetValueOrDefault("origin", "0"), NumberStyles.Float, CultureInfo.InvariantCulture, out double origin) || !double.IsFinite(origin)) return null;
        return new LoweredOutput(name, timing, (int)delay) { FramesPerStep = (int)frames, Axis = (int)axis, Origin = origin, LookAhead = lookAhead, Length = length };

        bool Number(string key, out long value) => long.TryParse(parts.GetValueOrDefault(key), CultureInfo.InvariantCulture, out value);
    }

    /// <summary>Inputs of the original model that were bound to one value.</summary>
    public static IEnumerable<StepConstant> ConstantsOf(IReadOnlyDictionary<string, string> metadata)
    {
        foreach ((string key, string text) in metadata.OrderBy(static entry => entry.Key, StringComparer.Ordinal))
        {
            string[] parts = text.Split(';');
            if (!key.StartsWith(ConstantPrefix, StringComparison.Ordinal) || parts.Length != 3 || !Enum.TryParse(parts[0], ignoreCase: true, out ElementType type) || type.ByteSize() == 0) continue;
            string[] sizes = parts[1].Trim('[', ']').Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (!Array.TrueForAll(sizes, static size => int.TryParse(size, CultureInfo.InvariantCulture, out int number) && number is >= 0 and < 1 << 8) || sizes.Length > 3) continue;
            TensorShape shape = new([.. sizes.Select(static size => int.Parse(size, CultureInfo.InvariantCulture))]);
            if (Read(parts[2], type, shape) is { } value) yield return new StepConstant(key[ConstantPrefix.Length..], value);
        }
    }

    /// <summary>True if products of the file's integer weights are meant to be integer.</summary>
    /// <param name="metadata">The file's.</param>
    /// <param name="unknown">A form that the file names and SeqStream does not know; null if there is none.</param>
    public static bool HasIntegerProducts(IReadOnlyDictionary<string, string> metadata, out string? unknown)
    {
        string? text = metadata.GetValueOrDefault(WeightsKey);
        bool isKnown = WeightForms.TryParse(text, out WeightForm form);
        unknown = isKnown ? null : text;
        return isKnown && form.IsInteger();
    }

    /// <summary>Source frames of one step; 1 unless the metadata say more.</summary>
    public static int FramesOf(IReadOnlyDictionary<string, string> metadata) => (int)Math.Clamp(NumberOf(metadata, FramesKey), 1, int.MaxValue);

    /// <summary>Source frames of the shortest stream; 1 unless the metadata say more.</summary>
    public static long ShortestOf(IReadOnlyDictionary<string, string> metadata) => Math.Max(1, NumberOf(metadata, ShortestKey));

    private static long NumberOf(IReadOnlyDictionary<string, string> metadata, string key) => long.TryParse(metadata.GetValueOrDefault(key), CultureInfo.InvariantCulture, out long number) ? number : 1;

    private static string Show(LoweredOutput output, int moved)
        => string.Create(CultureInfo.InvariantCulture, $"timing={output.Timing};delay={output.Delay};frames={output.FramesPerStep};axis={(output.Axis < 0 ? -1 : output.Axis + moved)};length={output.Length};origin={output.Origin:R};lookahead={output.LookAhead}");
}
