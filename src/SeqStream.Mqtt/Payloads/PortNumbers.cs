using System.Buffers.Text;
using System.Globalization;
using System.Text;
using SeqStream.Contracts;
using SeqStream.Plan;

namespace SeqStream.Mqtt.Payloads;

/// <summary>Numbers on their way to input ports: float ports take finite numbers, integer ports whole ones.</summary>
internal static class PortNumbers
{
    private const int MaxShownBytes = 40;

    public static bool IsInteger(this StepPort port) => port.Type is not (ElementType.Float32 or ElementType.Float64 or ElementType.Float16);

    /// <summary>Begins the segment of a port.</summary>
    public static void Begin(FramePayload payload, StepSignature signature, int port) => payload.BeginSegment(port, signature.Inputs[port].IsInteger());

    /// <summary>Adds a decimal number to the segment begun last, or says what is wrong.</summary>
    [HotPath]
    public static string? Add(FramePayload payload, StepPort port, ReadOnlySpan<byte> text)
        => Utf8Parser.TryParse(text, out double value, out int used) && used == text.Length ? Add(payload, port, value) : $"found {Show(text)}, expected a number";

    /// <summary>Adds a number to the segment begun last, or says what is wrong.</summary>
    [HotPath]
    public static string? Add(FramePayload payload, StepPort port, double value)
    {
        if (!port.IsInteger())
        {
            if (!float.IsFinite((float)value)) return string.Create(CultureInfo.InvariantCulture, $"found {value}, expected a finite number: a model's memory would not recover from it. Leave the record out or fill the gap");
            payload.Add((float)value);
            return null;
        }
        if (value != Math.Floor(value) || Math.Abs(value) >= 1L << 53) return string.Create(CultureInfo.InvariantCulture, $"found {value}, expected a whole number for input {port}");
        payload.Add((long)value);
        return null;
    }

    /// <summary>A piece of a message for people, shortened.</summary>
    public static string Show(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty) return "nothing";
        string shown = Encoding.UTF8.GetString(text[..Math.Min(text.Length, MaxShownBytes)]);
        return text.Length > MaxShownBytes ? $"'{shown}...'" : $"'{shown}'";
    }
}
