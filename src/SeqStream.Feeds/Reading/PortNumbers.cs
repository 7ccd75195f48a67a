using System.Buffers.Text;
using System.Globalization;
using System.Text;
using SeqStream.Contracts;
using SeqStream.Plan;

namespace SeqStream.Feeds.Reading;

/// <summary>Numbers in text on their way to input ports: float ports take finite decimals, integer ports whole numbers. The decimal sign is a point everywhere.</summary>
internal static class PortNumbers
{
    private const int MaxShownBytes = 40;

    /// <summary>True if the port's numbers are kept as integers.</summary>
    public static bool IsInteger(this StepPort port) => port.Type is not (ElementType.Float32 or ElementType.Float64 or ElementType.Float16);

    /// <summary>Adds one number to the segment begun last, or says what is wrong.</summary>
    [HotPath]
    public static string? Add(FramePayload payload, StepPort port, ReadOnlySpan<byte> text)
    {
        if (port.IsInteger()) return AddInteger(payload, port, text);
        if (!Utf8Parser.TryParse(text, out float value, out int used) || used != text.Length) return $"found {Show(text)}, expected a number";
        if (!float.IsFinite(value)) return $"found {Show(text)}, expected a finite number: a model's memory would not recover from it. Leave the record out or fill the gap";
        payload.Add(value);
        return null;
    }

    /// <summary>A piece of a record for a message, shortened.</summary>
    public static string Show(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty) return "nothing";
        string shown = Encoding.UTF8.GetString(text[..Math.Min(text.Length, MaxShownBytes)]);
        return text.Length > MaxShownBytes ? $"'{shown}...'" : $"'{shown}'";
    }

    private static string? AddInteger(FramePayload payload, StepPort port, ReadOnlySpan<byte> text)
    {
        if (Utf8Parser.TryParse(text, out long value, out int used) && used == text.Length)
        {
            payload.Add(value);
            return null;
        }
        if (Utf8Parser.TryParse(text, out double real, out used) && used == text.Length && real == Math.Floor(real) && Math.Abs(real) < 1L << 53)
        {
            payload.Add((long)real);
            return null;
        }
        return string.Create(CultureInfo.InvariantCulture, $"found {Show(text)}, expected a whole number for input {port}");
    }
}
