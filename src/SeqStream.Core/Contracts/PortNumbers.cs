using System.Buffers.Text;
using System.Globalization;
using System.Text;
using SeqStream.Plan;

namespace SeqStream.Contracts;

/// <summary>Numbers in text on their way to input ports: float ports take finite decimals, integer ports whole numbers. The decimal sign is a point everywhere. One thread at a time for one payload.</summary>
public static class PortNumbers
{
    private const int MaxShownBytes = 40;
    private const double LargestWhole = 1L << 53;   // beyond it a float64 skips whole numbers
    private const string Unrecoverable = "a model's memory would not recover from it. Leave the record out or fill the gap";

    /// <summary>True if the port's numbers are kept as integers.</summary>
    public static bool IsInteger(this StepPort port) => port.Type is not (ElementType.Float32 or ElementType.Float64 or ElementType.Float16);

    /// <summary>Begins the segment of an input port; numbers added next belong to it.</summary>
    public static void Begin(FramePayload payload, StepSignature signature, int port) => payload.BeginSegment(port, signature.Inputs[port].IsInteger());

    /// <summary>Adds one number to the segment begun last.</summary>
    /// <returns>Null, or what is wrong with the number, without a full stop.</returns>
    [HotPath]
    public static string? Add(FramePayload payload, StepPort port, double value)
    {
        if (!port.IsInteger())
        {
            if (!float.IsFinite((float)value)) return string.Create(CultureInfo.InvariantCulture, $"found {value}, expected a finite number: {Unrecoverable}");
            payload.Add((float)value);
            return null;
        }
        if (value != Math.Floor(value) || Math.Abs(value) >= LargestWhole) return string.Create(CultureInfo.InvariantCulture, $"found {value}, expected a whole number for input {port}");
        payload.Add((long)value);
        return null;
    }

    /// <summary>Adds one number in decimal text to the segment begun last. A float32 is the one nearest to the text, an integer exact over the whole range of int64.</summary>
    /// <returns>Null, or what is wrong with the text, without a full stop.</returns>
    [HotPath]
    public static string? Add(FramePayload payload, StepPort port, ReadOnlySpan<byte> text)
    {
        if (port.IsInteger()) return AddInteger(payload, port, text);
        if (!Utf8Parser.TryParse(text, out float value, out int used) || used != text.Length) return $"found {Show(text)}, expected a number";
        if (!float.IsFinite(value)) return $"found {Show(text)}, expected a finite number: {Unrecoverable}";
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
        if (Utf8Parser.TryParse(text, out double real, out used) && used == text.Length && real == Math.Floor(real) && Math.Abs(real) < LargestWhole)
        {
            payload.Add((long)real);
            return null;
        }
        return string.Create(CultureInfo.InvariantCulture, $"found {Show(text)}, expected a whole number for input {port}");
    }
}
