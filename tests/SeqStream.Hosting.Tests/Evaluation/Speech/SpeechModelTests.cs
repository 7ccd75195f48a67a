using System.Globalization;
using System.Text;
using SeqStream.Contracts;
using SeqStream.Hosting.Catalog;
using SeqStream.Hosting.Evaluation;
using SeqStream.Hosting.Evaluation.Speech;
using SeqStream.TestSupport;

namespace SeqStream.Hosting.Tests.Evaluation.Speech;

/// <summary>The bundled models of speech answer alike however their sound is cut, and whatever it is.</summary>
public sealed class SpeechModelTests
{
    private static ModelCatalog Catalog { get; } = ModelCatalog.Find(Path.Combine(SharedFolder.Repository, "models"));

    [Theory]
    [InlineData("speech-digits")]
    [InlineData("speech-tags")]
    public async Task Answers_do_not_depend_on_how_the_sound_is_cut(string name)
    {
        using LoadedModel model = ModelLoader.Load(Catalog.Resolve(name));
        float[] sound = [.. SpokenSounds.Singles(await SpokenWords.ReadAsync(SharedFolder.Require("data/speech/fsdd-test.zip"), CancellationToken.None), 1).Take(3).SelectMany(static s => s.Samples).Select(static s => s / 32768f)];
        Random random = new(5);
        List<float[]> pieces = [];
        for (int at = 0; at < sound.Length;)
        {
            int length = Math.Min(random.Next(1, 900), sound.Length - at);
            pieces.Add(sound[at..(at + length)]);
            at += length;
        }
        List<string> whole = await AnswersAsync(model, [sound]);

        Assert.NotEmpty(whole);
        Assert.Equal(whole, await AnswersAsync(model, [.. pieces]));
    }

    [Fact]
    public async Task Running_transcript_ends_in_the_final_one()
    {
        using LoadedModel model = ModelLoader.Load(Catalog.Resolve("speech-digits"));
        SpokenSound[] sounds = [.. SpokenSounds.Strings(await SpokenWords.ReadAsync(SharedFolder.Require("data/speech/fsdd-test.zip"), CancellationToken.None), 10)];
        foreach (SpokenSound sound in sounds)
        {
            List<string> said = await AnswersAsync(model, sound.ToSequence().Rows);
            Assert.Equal(said[^1].Split('[')[0], said[^2].Split('[')[0].Replace("...", "", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("speech-digits")]
    [InlineData("speech-tags")]
    public async Task Sounds_that_are_no_speech_are_borne(string name)
    {
        using LoadedModel model = ModelLoader.Load(Catalog.Resolve(name));
        Random random = new(9);
        Assert.Empty(await AnswersAsync(model, [new float[16000]]));
        Assert.Empty(await AnswersAsync(model, [.. Enumerable.Repeat(new float[1], 3)]));
        Assert.Empty(await AnswersAsync(model, [[.. Enumerable.Repeat(0.7f, 16000)]]));
        await AnswersAsync(model, [[.. Enumerable.Range(0, 16000).Select(_ => random.Next(2) * 2f - 1)]]);
        await AnswersAsync(model, [[.. Enumerable.Range(0, 16000).Select(static i => 1e5f * MathF.Sin(i * 0.3f))]]);
    }

    [Fact]
    public async Task Sample_that_is_no_number_is_refused()
    {
        using LoadedModel model = ModelLoader.Load(Catalog.Resolve("speech-digits"));
        InvalidDataException problem = await Assert.ThrowsAsync<InvalidDataException>(() => AnswersAsync(model, [[0.1f, float.NaN]]));
        Assert.Contains("found NaN as sample 1, expected a number, about -1 to 1", problem.Message, StringComparison.Ordinal);
    }

    private static async Task<List<string>> AnswersAsync(LoadedModel model, float[][] pieces)
    {
        List<string> said = [];
        await new SequenceRunner(model, threads: 1).RunAsync([new LabelledSequence([], pieces, [])], (_, emission) =>
        {
            if (emission.Kind != EmissionKind.End)
                said.Add(string.Create(CultureInfo.InvariantCulture, $"{emission.Label}{Encoding.UTF8.GetString(emission.Text)}{(emission.IsPartial ? "..." : "")}[{emission.SpanStart:F3}, {emission.SpanEnd:F3}] {emission.Step}"));
        }, CancellationToken.None);
        return said;
    }
}
