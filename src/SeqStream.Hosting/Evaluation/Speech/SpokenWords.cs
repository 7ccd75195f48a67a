using System.Globalization;
using System.IO.Compression;
using SeqStream.Audio;
using SeqStream.Audio.Wav;

namespace SeqStream.Hosting.Evaluation.Speech;

/// <summary>Reads recordings of digits, <c>DIGIT_SPEAKER_NUMBER.wav</c> of 8000 Hz and one channel, from a zip.</summary>
internal static class SpokenWords
{
    /// <summary>Samples per second.</summary>
    public const int RateHz = 8000;

    /// <summary>The words, by digit.</summary>
    public static string[] Names { get; } = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];

    /// <summary>The recordings of an archive by name.</summary>
    /// <exception cref="InvalidDataException">There are none, or one is named or recorded otherwise.</exception>
    public static async Task<SpokenWord[]> ReadAsync(string path, CancellationToken cancellation)
    {
        using ZipArchive archive = ZipFile.OpenRead(path);
        List<SpokenWord> words = [];
        foreach (ZipArchiveEntry entry in archive.Entries.OrderBy(static entry => entry.FullName, StringComparer.Ordinal))
        {
            if (entry.FullName.EndsWith(".wav", StringComparison.Ordinal)) words.Add(await ReadAsync(entry, $"{path}: {entry.FullName}", cancellation).ConfigureAwait(false));
        }
        return words.Count > 0 ? [.. words] : throw new InvalidDataException($"{path}: found no recordings, expected files such as '7_jackson_3.wav'. Name an archive of spoken digits.");
    }

    private static async Task<SpokenWord> ReadAsync(ZipArchiveEntry entry, string name, CancellationToken cancellation)
    {
        string[] parts = entry.Name.Split('_');
        if (parts.Length != 3 || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int digit) || digit > 9)
            throw new InvalidDataException($"{name}: expected a name such as '7_jackson_3.wav': digit, speaker and number.");
        using MemoryStream bytes = new();
        using (Stream packed = entry.Open()) await packed.CopyToAsync(bytes, cancellation).ConfigureAwait(false);
        bytes.Position = 0;
        return new SpokenWord(digit, parts[1], await SamplesAsync(bytes, name, cancellation).ConfigureAwait(false));
    }

    private static async Task<double[]> SamplesAsync(MemoryStream bytes, string name, CancellationToken cancellation)
    {
        float[] samples = new float[bytes.Length];
        int count = 0;
        try
        {
            await using WavSource source = new(name, bytes);
            AudioFormat format = await source.OpenAsync(cancellation).ConfigureAwait(false);
            if (format != new AudioFormat(RateHz, 1)) throw new InvalidDataException($"{name}: found {format}, expected {RateHz} Hz and 1 channel.");
            for (int read = -1; read != 0; count += read) read = (await source.ReadAsync(samples.AsMemory(count), cancellation).ConfigureAwait(false)).SampleFrames;
        }
        catch (AudioException problem)
        {
            throw new InvalidDataException(problem.Message, problem);
        }
        double loudest = 1e-9;
        foreach (float sample in samples.AsSpan(0, count)) loudest = Math.Max(loudest, Math.Abs(sample));
        return count > 0 ? [.. samples.Take(count).Select(sample => sample / loudest)] : throw new InvalidDataException($"{name}: found no samples.");
    }
}
