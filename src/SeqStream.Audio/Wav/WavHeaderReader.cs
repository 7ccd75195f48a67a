using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using SeqStream.Audio.Pcm;
using SeqStream.Audio.Samples;

namespace SeqStream.Audio.Wav;

/// <summary>
/// Reads the header of a WAV file (RIFF, or RF64 beyond 4 GB) up to its first sample, from bytes that cannot be rewound. What comes before the samples is bounded:
/// 64 chunks and 16 MiB, so that a hostile file costs no memory and little time.
/// </summary>
internal sealed class WavHeaderReader(string name, Stream input)
{
    private const int MostChunks = 64;
    private const long MostSkipped = 16 << 20;
    private const int MostFormatBytes = 4096;
    private const long UnknownSize = 0x7FFF_0000; // writers to pipes announce sizes from here on: ffmpeg 2^32-1, arecord and sox just below 2^31
    private readonly byte[] _scratch = new byte[MostFormatBytes];
    private (SampleEncoding Encoding, AudioFormat Format)? _format;
    private long _largeSize = -1;
    private long _skipped;

    public async ValueTask<WavHeader> ReadAsync(CancellationToken cancellation)
    {
        int found = await ReadUpToAsync(12, cancellation).ConfigureAwait(false);
        CheckMagic(_scratch.AsSpan(0, found));
        for (int chunk = 0; chunk < MostChunks; chunk++)
        {
            if (await ReadUpToAsync(8, cancellation).ConfigureAwait(false) < 8) throw AudioThrow.WavHeader(name, "it ends before the chunk 'data'");
            string id = ChunkName(_scratch.AsSpan(0, 4));
            long size = BinaryPrimitives.ReadUInt32LittleEndian(_scratch.AsSpan(4));
            if (id == "data") return Finish(size);
            if (id == "fmt ") await ReadFormatAsync(size, cancellation).ConfigureAwait(false);
            else if (id == "ds64") await ReadLargeSizeAsync(size, cancellation).ConfigureAwait(false);
            else await SkipAsync(id, size + (size & 1), cancellation).ConfigureAwait(false);
        }
        throw AudioThrow.WavHeader(name, Invariant($"more than {MostChunks} chunks stand before the chunk 'data'"));
    }

    private void CheckMagic(ReadOnlySpan<byte> bytes)
    {
        bool isRiff = bytes.StartsWith("RIFF"u8) || bytes.StartsWith("RF64"u8);
        if (isRiff && bytes.Length == 12 && bytes[8..].SequenceEqual("WAVE"u8)) return;
        if (bytes.IsEmpty) throw AudioThrow.NotWav(name, "none: the source is empty", "Check the command or the path.");
        string found = $"'{ChunkName(bytes[..Math.Min(4, bytes.Length)])}'";
        if (!isRiff && ContainerMagic.Recognise(bytes) is { } file) throw AudioThrow.NotWav(name, $"{found}, those of {file.Found}", file.Remedy);
        throw AudioThrow.NotWav(name, found, "If these are plain samples, read them as such: --in s16le --rate 16000.");
    }

    private async ValueTask ReadFormatAsync(long size, CancellationToken cancellation)
    {
        if (_format is not null) throw AudioThrow.WavHeader(name, "the chunk 'fmt ' stands there twice");
        if (size is < 16 or > MostFormatBytes) throw AudioThrow.WavHeader(name, Invariant($"the chunk 'fmt ' has {size} bytes, expected 16 to {MostFormatBytes}"));
        int padded = (int)(size + (size & 1));
        if (await ReadUpToAsync(Math.Min(padded, MostFormatBytes), cancellation).ConfigureAwait(false) < size) throw AudioThrow.WavHeader(name, "it ends inside the chunk 'fmt '");
        _format = Format(_scratch.AsSpan(0, (int)size));
    }

    private (SampleEncoding Encoding, AudioFormat Format) Format(ReadOnlySpan<byte> chunk)
    {
        int tag = BinaryPrimitives.ReadUInt16LittleEndian(chunk);
        int channels = BinaryPrimitives.ReadUInt16LittleEndian(chunk[2..]);
        long rate = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
        int align = BinaryPrimitives.ReadUInt16LittleEndian(chunk[12..]);
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(chunk[14..]);
        if (tag == 0xFFFE) tag = ExtendedTag(chunk);
        if (rate > AudioFormat.GreatestRateHz || !new AudioFormat((int)rate, channels).IsAllowed) throw AudioThrow.FormatOutOfRange(name, rate, channels, AudioFault.BadData);
        SampleEncoding encoding = EncodingOf(tag, bits);
        int expected = encoding.ByteSize() * channels;
        if (align != expected) throw AudioThrow.WavHeader(name, Invariant($"a sample frame of {channels} x {bits} bits is said to have {align} bytes, expected {expected}"));
        return (encoding, new AudioFormat((int)rate, channels));
    }

    private int ExtendedTag(ReadOnlySpan<byte> chunk)
    {
        if (chunk.Length < 40) throw AudioThrow.WavHeader(name, Invariant($"the extensible chunk 'fmt ' has {chunk.Length} bytes, expected 40"));
        ReadOnlySpan<byte> tail = [0x00, 0x00, 0x00, 0x00, 0x10, 0x00, 0x80, 0x00, 0x00, 0xAA, 0x00, 0x38, 0x9B, 0x71];
        if (!chunk[26..40].SequenceEqual(tail)) throw AudioThrow.WavEncoding(name, $"of the unknown kind {new Guid(chunk[24..40])}");
        return BinaryPrimitives.ReadUInt16LittleEndian(chunk[24..]);
    }

    private SampleEncoding EncodingOf(int tag, int bits) => (tag, bits) switch
    {
        (1, 8) => SampleEncoding.U8,
        (1, 16) => SampleEncoding.S16,
        (1, 24) => SampleEncoding.S24,
        (1, 32) => SampleEncoding.S32,
        (3, 32) => SampleEncoding.F32,
        (3, 64) => SampleEncoding.F64,
        (6, 8) => SampleEncoding.ALaw,
        (7, 8) => SampleEncoding.MuLaw,
        _ => throw AudioThrow.WavEncoding(name, Invariant($"of format {tag} with {bits} bits{NameOf(tag)}")),
    };

    private static string NameOf(int tag) => tag switch
    {
        2 => " (Microsoft ADPCM)",
        0x11 => " (IMA ADPCM)",
        0x31 => " (GSM 6.10)",
        0x55 => " (MP3)",
        _ => "",
    };

    private async ValueTask ReadLargeSizeAsync(long size, CancellationToken cancellation)
    {
        if (size is < 24 or > MostFormatBytes) throw AudioThrow.WavHeader(name, Invariant($"the chunk 'ds64' has {size} bytes, expected 24 to {MostFormatBytes}"));
        if (await ReadUpToAsync((int)size, cancellation).ConfigureAwait(false) < size) throw AudioThrow.WavHeader(name, "it ends inside the chunk 'ds64'");
        _largeSize = BinaryPrimitives.ReadInt64LittleEndian(_scratch.AsSpan(8));
        if (_largeSize < 0) throw AudioThrow.WavHeader(name, "the chunk 'ds64' announces more bytes than a file can have");
    }

    private WavHeader Finish(long size)
    {
        if (_format is not { } format) throw AudioThrow.WavHeader(name, "the chunk 'fmt ' is missing before the chunk 'data'");
        bool isLarge = size == uint.MaxValue && _largeSize > 0;
        long? bytes = isLarge ? _largeSize : size is 0 or >= UnknownSize ? null : size;
        return new WavHeader(format.Encoding, format.Format, bytes);
    }

    private async ValueTask SkipAsync(string id, long size, CancellationToken cancellation)
    {
        _skipped += size;
        if (_skipped > MostSkipped) throw AudioThrow.WavHeader(name, Invariant($"the chunks before the samples have more than {MostSkipped} bytes (the last is '{id}')"));
        while (size > 0)
        {
            int found = await ReadUpToAsync((int)Math.Min(size, MostFormatBytes), cancellation).ConfigureAwait(false);
            if (found == 0) throw AudioThrow.WavHeader(name, $"it ends inside the chunk '{id}'");
            size -= found;
        }
    }

    private async ValueTask<int> ReadUpToAsync(int count, CancellationToken cancellation)
        => await input.ReadAtLeastAsync(_scratch.AsMemory(0, count), count, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);

    private static string ChunkName(ReadOnlySpan<byte> bytes)
    {
        StringBuilder text = new();
        foreach (byte value in bytes) text.Append(value is >= 0x20 and < 0x7F ? ((char)value).ToString() : Invariant($"\\x{value:X2}"));
        return text.ToString();
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
