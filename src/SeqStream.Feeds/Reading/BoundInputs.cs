using System.Globalization;
using System.Text.Json;
using SeqStream.Contracts;
using SeqStream.Plan;

namespace SeqStream.Feeds.Reading;

/// <summary>Inputs that were bound to one value when the model was loaded: records may repeat the value, but not change it.</summary>
internal static class BoundInputs
{
    /// <summary>The bound input that the reader's member names; null if it names none.</summary>
    public static StepConstant? Find(ref Utf8JsonReader reader, StepSignature signature)
    {
        foreach (StepConstant constant in signature.Constants)
        {
            if (reader.ValueTextEquals(constant.Name)) return constant;
        }
        return null;
    }

    /// <summary>Reads the member's numbers; says how they differ from the bound ones, or null.</summary>
    [HotPath]
    public static string? Compare(ref Utf8JsonReader reader, StepConstant constant)
    {
        reader.Read();
        int depth = 0, count = 0, expected = constant.Value.Shape.ElementCount;
        do
        {
            if (reader.TokenType == JsonTokenType.StartArray) depth++;
            else if (reader.TokenType == JsonTokenType.EndArray) depth--;
            else if (reader.TokenType != JsonTokenType.Number || count >= expected || !reader.TryGetDouble(out double value) || value != NumberAt(constant.Value, count++)) return Differs(ref reader, constant);
        }
        while (depth > 0 && reader.Read());
        return count == expected ? null : Differs(ref reader, constant);
    }

    private static double NumberAt(ConstantTensor tensor, int index) => tensor.Type switch
    {
        ElementType.Int64 => tensor.Values<long>()[index],
        ElementType.Int32 => tensor.Values<int>()[index],
        ElementType.Float32 => tensor.Values<float>()[index],
        ElementType.Float64 => tensor.Values<double>()[index],
        ElementType.Bool => tensor.Values<byte>()[index],
        _ => double.NaN,
    };

    private static string Differs(ref Utf8JsonReader reader, StepConstant constant)
    {
        string bound = constant.Value.Shape.ElementCount == 1 ? NumberAt(constant.Value, 0).ToString(CultureInfo.InvariantCulture) : $"{constant.Value.Shape.ElementCount} numbers";
        return $"'{constant.Name}' is {PortNumbers.Show(reader.ValueSpan)}, but it was bound to {bound} when the model was loaded, for all streams. "
            + "Send the bound value or none, and start another run for other values.";
    }
}
