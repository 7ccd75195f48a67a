using System.Buffers.Binary;
using System.Text;

namespace SeqStream.Audio.Wav;

/// <summary>Writes WAV files, good and bad.</summary>
internal static class WavBytes
{
    public static byte[] File(byte[] format, byte[] samples, uint? sampleBytes = null, params byte[][] before)
        => [.. "RIFF"u8, .. U32(0xFFFFFFFF), .. "WAVE"u8, .. before.SelectMany(static chunk => chunk), .. Chunk("fmt ", format), .. "data"u8, .. U32(sampleBytes ?? (uint)samples.Length), .. samples];

    public static byte[] Format(int tag, int channels, int rateHz, int bits, int? align = null)
    {
        byte[] chunk = new byte[16];
        BinaryPrimitives.WriteUInt16LittleEndian(chunk, (ushort)tag);
        BinaryPrimitives.WriteUInt16LittleEndian(chunk.AsSpan(2), (ushort)channels);
        BinaryPrimitives.WriteInt32LittleEndian(chunk.AsSpan(4), rateHz);
        int frame = align ?? channels * bits / 8;
        BinaryPrimitives.WriteInt32LittleEndian(chunk.AsSpan(8), rateHz * frame);
        BinaryPrimitives.WriteUInt16LittleEndian(chunk.AsSpan(12), (ushort)frame);
        BinaryPrimitives.WriteUInt16LittleEndian(chunk.AsSpan(14), (ushort)bits);
        return chunk;
    }

    public static byte[] Extensible(int tag, int channels, int rateHz, int bits)
        => [.. Format(0xFFFE, channels, rateHz, bits), 22, 0, (byte)bits, 0, 0, 0, 0, 0, (byte)tag, 0, 0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71];

    public static byte[] Chunk(string id, byte[] content)
        => [.. Encoding.ASCII.GetBytes(id), .. U32((uint)content.Length), .. content, .. new byte[content.Length & 1]];

    public static byte[] U32(uint value) => BitConverter.GetBytes(value);
}
