using System.Text;

namespace SeqStream.Mqtt.Sparkplug;

/// <summary>One metric of a Sparkplug B payload.</summary>
/// <param name="Name">Its name; null if only the alias is given.</param>
/// <param name="Alias">Its alias, or null.</param>
/// <param name="Value">Its value as a number; null if it is null or no number.</param>
/// <param name="IsNull">True if the sender says that there is no value.</param>
internal readonly record struct SparkplugMetric(string? Name, ulong? Alias, double? Value, bool IsNull)
{
    private const uint Int8 = 1, Int16 = 2, Int32 = 3, Int64 = 4;

    /// <summary>Decodes a metric; false if it is broken.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> message, out SparkplugMetric metric)
    {
        string? name = null;
        ulong? alias = null, integer = null;
        double? real = null;
        ulong type = 0;
        bool isNull = false;
        ProtobufReader reader = new(message);
        while (reader.MoveNext())
        {
            switch (reader.Field)
            {
                case 1: name = Encoding.UTF8.GetString(reader.Bytes); break;
                case 2: alias = reader.Number; break;
                case 4: type = reader.Number; break;
                case 7: isNull = reader.Number != 0; break;
                case 10 or 11 or 14: integer = reader.Number; break;
                case 12: real = BitConverter.UInt32BitsToSingle((uint)reader.Number); break;
                case 13: real = BitConverter.UInt64BitsToDouble(reader.Number); break;
                default: break;
            }
        }
        if (integer is { } bits)
        {
            real = type switch
            {
                Int8 => (sbyte)bits,
                Int16 => (short)bits,
                Int32 => (int)bits,
                Int64 => (long)bits,
                _ => bits,
            };
        }
        metric = new SparkplugMetric(name, alias, isNull ? null : real, isNull);
        return !reader.IsBroken;
    }
}
