using System.Globalization;

namespace SeqStream.Onnx.Reading;

/// <summary>Where a tensor keeps elements outside the model's file. Nothing has been opened yet.</summary>
/// <param name="File">Name of a file in the model's folder.</param>
/// <param name="Offset">Byte of the first element.</param>
/// <param name="Length">Bytes of the elements; null where the model does not say.</param>
/// <param name="Checksum">SHA-1 of the whole file as 40 hexadecimal digits; null where the model does not say.</param>
internal sealed record ExternalPlace(string File, long Offset, long? Length, string? Checksum)
{
    private const int ChecksumDigits = 40;

    /// <summary>Reads the entries of a tensor. Only the keys of ONNX's specification are known; each may be given once.</summary>
    /// <exception cref="OnnxFormatException">A key is not known, or a value is not what it should be.</exception>
    public static ExternalPlace Of(in ProtobufReader reader, string tensor, IReadOnlyList<(string Key, string Value)> entries)
    {
        string? file = null, offset = null, length = null, checksum = null;
        foreach ((string key, string value) in entries)
        {
            switch (key)
            {
                case "location": Once(reader, tensor, key, ref file, value); break;
                case "offset": Once(reader, tensor, key, ref offset, value); break;
                case "length": Once(reader, tensor, key, ref length, value); break;
                case "checksum": Once(reader, tensor, key, ref checksum, value); break;
                case "basepath" when value.Length == 0: break;
                default: throw reader.Fault($"tensor '{tensor}' keeps its elements in another file and gives the key '{key}' for it; expected location, offset, length and checksum");
            }
        }
        if (file is null || !IsName(file)) throw reader.Fault($"tensor '{tensor}' keeps its elements in '{file}'; expected the plain name of a file in the model's own folder");
        if (checksum is not null && (checksum.Length != ChecksumDigits || !checksum.All(char.IsAsciiHexDigit))) throw reader.Fault($"tensor '{tensor}' gives the checksum '{checksum}'; expected {ChecksumDigits} hexadecimal digits");
        return new ExternalPlace(file, offset is null ? 0 : Number(reader, tensor, "offset", offset), length is null ? null : Number(reader, tensor, "length", length), checksum);
    }

    private static bool IsName(string text) => text is not ("" or "." or "..") && !text.AsSpan().ContainsAny("/\\:") && !text.Any(static letter => char.IsControl(letter) || letter == char.MaxValue);

    private static void Once(in ProtobufReader reader, string tensor, string key, ref string? place, string value)
    {
        if (place is not null) throw reader.Fault($"tensor '{tensor}' gives the key '{key}' of its external data twice");
        place = value;
    }

    private static long Number(in ProtobufReader reader, string tensor, string key, string text)
        => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : throw reader.Fault($"tensor '{tensor}' gives '{text}' as {key} of its external data; expected a whole number of bytes from 0");
}
