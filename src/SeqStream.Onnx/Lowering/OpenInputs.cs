using System.Collections.Immutable;
using System.Globalization;
using SeqStream.Onnx.Reading;
using SeqStream.Onnx.Streaming;
using SeqStream.Plan;

namespace SeqStream.Onnx.Lowering;

/// <summary>
/// What a step model's file leaves open and a first record shows. Only models with state pairs have open inputs: a size taken from one record of a
/// whole-sequence model would make a step of it that forgets.
/// </summary>
public static class OpenInputs
{
    /// <summary>Lowers a model whose open sizes and, where sizes alone are not enough, open values are those of a record.</summary>
    /// <param name="model">The model.</param>
    /// <param name="refused">What lowering it without the record gave.</param>
    /// <param name="record">The first record.</param>
    /// <returns>A plan, or a refusal for the sizes and values of the record; <paramref name="refused"/> itself if the record shows nothing that is open.</returns>
    public static LoweringResult Bind(OnnxModel model, LoweringResult refused, RecordShape record)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(refused);
        ArgumentNullException.ThrowIfNull(record);
        LoweringOptions sized = WithSizes(model, refused, record);
        LoweringOptions whole = WithConstants(model, refused, record, sized);
        LoweringResult result = sized == refused.Options ? refused : Lower(model, sized);
        return result.Plan is not null || whole == sized ? result : Lower(model, whole);
    }

    /// <summary>The value of an integer input as a constant.</summary>
    /// <param name="input">The declared input.</param>
    /// <param name="value">Its value.</param>
    /// <exception cref="ArgumentException">The input does not hold one integer, or the value does not fit.</exception>
    public static ConstantTensor ConstantOf(OnnxValue input, long value)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (!IsOneInteger(input)) throw new ArgumentException($"Input {input} cannot be a constant; expected an input of one int64, int32 or bool.", nameof(input));
        TensorShape shape = new([.. input.Dimensions.Select(static _ => 1)]);
        if (input.Type == ElementType.Int64) return ConstantTensor.Int64(shape, value);
        if (input.Type == ElementType.Int32 && value == (int)value) return ConstantTensor.Of(ElementType.Int32, shape, (ReadOnlySpan<int>)[(int)value]);
        if (input.Type == ElementType.Bool && value is 0 or 1) return ConstantTensor.Of(ElementType.Bool, shape, (ReadOnlySpan<byte>)[(byte)value]);
        throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"Input {input} cannot be {value}."), nameof(value));
    }

    /// <summary>The open axes and values of the inputs that are no states; none if there are no states.</summary>
    internal static ImmutableArray<OpenInput> Of(OnnxModel model, LoweringOptions options, IReadOnlyList<FoundPair> pairs)
    {
        if (pairs.Count == 0) return [];
        List<OpenInput> open = [];
        FreeDimensions dimensions = new(model, options);
        foreach (OnnxValue input in model.Graph.Inputs.Where(input => input.HasRank && !options.Constants.ContainsKey(input.Name) && pairs.All(pair => pair.Input != input)))
        {
            foreach (int axis in OpenAxes(dimensions, input)) open.Add(new OpenInput(input.Name, FreeDimensions.KeyOf(input, axis)));
            if (IsOneInteger(input)) open.Add(new OpenInput(input.Name, null));
        }
        return [.. open];
    }

    /// <summary>Axes without a size. The first of several is the batch and stays out.</summary>
    private static IEnumerable<int> OpenAxes(FreeDimensions dimensions, OnnxValue input)
        => Enumerable.Range(0, input.Dimensions.Length).Where(axis => dimensions.SizeOf(input, axis) is null && (axis > 0 || input.Dimensions.Length == 1));

    private static bool IsOneInteger(OnnxValue input)
        => input.Type is ElementType.Int64 or ElementType.Int32 or ElementType.Bool && input.HasRank && input.Dimensions.All(static dimension => dimension.Number == 1);

    private static LoweringResult Lower(OnnxModel model, LoweringOptions options)
    {
        LoweringResult result = OnnxLowering.Lower(model, options);
        IEnumerable<string> sizes = options.Dimensions.OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key}={pair.Value}"));
        IEnumerable<string> values = options.Constants.OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair => $"{pair.Key}={Show(pair.Value)}");
        return result with { Notes = [.. result.Notes, $"bound when the model was loaded: {string.Join(", ", sizes.Concat(values))}"] };
    }

    private static string Show(ConstantTensor value)
        => value.Type is ElementType.Int32 or ElementType.Int64 && value.Shape.ElementCount == 1 ? value.ToInt64Array()[0].ToString(CultureInfo.InvariantCulture) : $"{value.Type.DisplayName()} {value.Shape}";

    private static LoweringOptions WithSizes(OnnxModel model, LoweringResult refused, RecordShape record)
    {
        LoweringOptions options = refused.Options;
        foreach (IGrouping<string, OpenInput> open in refused.Open.Where(static open => open.Dimension is not null).GroupBy(static open => open.Input))
        {
            OnnxValue input = model.Graph.Inputs.First(value => value.Name == open.Key);
            if (!TryCount(model, record, input, out int count)) continue;
            FreeDimensions dimensions = new(model, options);
            List<int> axes = [.. OpenAxes(dimensions, input)];
            long known = Enumerable.Range(0, input.Dimensions.Length).Aggregate(1L, (product, axis) => product * (dimensions.SizeOf(input, axis) ?? 1));
            if (axes.Count != 1 || known < 1 || count < known || count % known != 0) continue;
            options = options with { Dimensions = options.Dimensions.SetItem(FreeDimensions.KeyOf(input, axes[0]), (int)(count / known)) };
        }
        return options;
    }

    private static bool TryCount(OnnxModel model, RecordShape record, OnnxValue input, out int count)
        => record.Counts.TryGetValue(input.Name, out count) || (input == model.Graph.Inputs[0] && record.Counts.TryGetValue("", out count));

    private static LoweringOptions WithConstants(OnnxModel model, LoweringResult refused, RecordShape record, LoweringOptions options)
    {
        foreach (OpenInput open in refused.Open.Where(static open => open.Dimension is null))
        {
            OnnxValue input = model.Graph.Inputs.First(value => value.Name == open.Input);
            if (!record.Integers.TryGetValue(open.Input, out long value) || (input.Type == ElementType.Int32 && value != (int)value) || (input.Type == ElementType.Bool && value is not (0 or 1))) continue;
            options = options with { Constants = options.Constants.SetItem(open.Input, ConstantOf(input, value)) };
        }
        return options;
    }
}
