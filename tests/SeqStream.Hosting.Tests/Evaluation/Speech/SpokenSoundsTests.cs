using System.Globalization;
using System.IO.Compression;
using SeqStream.Hosting.Evaluation.Speech;
using SeqStream.TestSupport;

namespace SeqStream.Hosting.Tests.Evaluation.Speech;

/// <summary>The test sounds are those of the training code: what it wrote stands in the test data.</summary>
public sealed class SpokenSoundsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("seqstream-spoken-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("strings", 0, 14542, "7 9 1 7", "969-2569 2990-4790 6982-7982 10702-12302", 54808542L, "-86 -805 -13660 -533 -510 3202 -370")]
    [InlineData("strings", 1, 17352, "2 6 7 9 1", "1313-2413 5235-6735 9261-10861 11696-13496 14270-15270", 58346153L, "267 335 -2326 -208 -5347 -16043 1159")]
    [InlineData("strings", 2, 17307, "8 9 0", "3799-5499 8182-9982 12796-13696", 44086662L, "-111 144 14791 -144 19 2644 -331")]
    [InlineData("strings", 3, 22581, "5 7 9 6 6 8", "893-2293 3921-5521 8600-10400 12393-13893 15285-16785 17858-19558", 39937742L, "200 -317 235 -5486 1540 8053 -131")]
    [InlineData("singles", 0, 15606, "0", "8852-9752", 28481936L, "-12193 1185 -602 -1204 4484 1177 -1558")]
    [InlineData("singles", 1, 15252, "0", "9296-10196", 11420877L, "-321 241 242 -362 -734 -36 208")]
    [InlineData("singles", 2, 14574, "1", "7395-8395", 10774802L, "95 560 -96 868 828 -143 -422")]
    [InlineData("singles", 3, 15029, "1", "8220-9220", 3929627L, "93 -275 46 -15 1919 -17 -115")]
    [InlineData("singles", 4, 14665, "2", "8677-9777", 21540814L, "732 -4525 -1932 1709 16472 -647 -876")]
    [InlineData("singles", 5, 14337, "2", "8275-9375", 6708343L, "-2664 -43 127 -70 2610 -41 -15")]
    [InlineData("singles", 20, 12923, "0", "6518-7418", 7448527L, "-564 82 367 89 282 -467 27")]
    [InlineData("singles", 25, 15694, "2", "9080-10180", 13642886L, "-25 -377 -54 133 -5194 -179 357")]
    public async Task Sounds_equal_those_of_the_training_code(string kind, int index, int length, string digits, string spans, long loudness, string samples)
    {
        SpokenWord[] words = await SpokenWords.ReadAsync(SpokenArchive.Write(_folder), CancellationToken.None);
        Compare((kind == "strings" ? SpokenSounds.Strings(words, 4) : SpokenSounds.Singles(words, 2)).ElementAt(index), length, digits, spans, loudness, samples);
    }

    [Fact]
    public async Task Real_recordings_are_joined_alike()
    {
        SpokenWord[] words = await SpokenWords.ReadAsync(SharedFolder.Require("data/speech/fsdd-test.zip"), CancellationToken.None);
        Assert.Equal(250, words.Length);
        Compare(SpokenSounds.Strings(words, 1).Single(), 25923, "7 3 0 5", "969-6247 6668-10190 12382-17109 19829-23683", 49833918, "-48 1261 12016 52 -1482 82 -1367");
    }

    [Theory]
    [InlineData("seven.wav", 8000, 100, "expected a name such as '7_jackson_3.wav'")]
    [InlineData("7_jackson_3.wav", 16000, 100, "expected 8000 Hz and 1 channel")]
    [InlineData("7_jackson_3.wav", 8000, 0, "found no samples")]
    [InlineData("7_jackson_3.txt", 8000, 100, "found no recordings")]
    public async Task Other_archives_are_refused(string name, int rateHz, int samples, string problem)
    {
        string path = Path.Combine(_folder, "other.zip");
        using (ZipArchive archive = ZipFile.Open(path, ZipArchiveMode.Create)) SpokenArchive.Add(archive, name, new short[samples], rateHz);

        InvalidDataException error = await Assert.ThrowsAsync<InvalidDataException>(() => SpokenWords.ReadAsync(path, CancellationToken.None));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("one two three", "one two three", 0)]
    [InlineData("one three", "one two three", 1)]
    [InlineData("one two two three", "one two three", 1)]
    [InlineData("one five three", "one two three", 1)]
    [InlineData("", "one two", 2)]
    [InlineData("two one", "", 2)]
    public void Errors_are_the_fewest_changes(string said, string wanted, int expected)
        => Assert.Equal(expected, WordErrors.Between(said.Split(' ', StringSplitOptions.RemoveEmptyEntries), wanted.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

    private static void Compare(SpokenSound sound, int length, string digits, string spans, long loudness, string samples)
    {
        Assert.Equal(length, sound.Samples.Length);
        Assert.Equal(digits, string.Join(' ', sound.Digits));
        Assert.Equal(spans, string.Join(' ', sound.Spans.Select(static span => $"{span.Start}-{span.End}")));
        int[] expected = [.. samples.Split(' ').Select(static sample => int.Parse(sample, CultureInfo.InvariantCulture))];
        for (int i = 0; i < expected.Length; i++) Assert.InRange(sound.Samples[500 + i * (length / 7)], expected[i] - 1, expected[i] + 1);
        Assert.InRange(sound.Samples.Sum(static sample => (long)Math.Abs((int)sample)), loudness - 20, loudness + 20);
    }
}
