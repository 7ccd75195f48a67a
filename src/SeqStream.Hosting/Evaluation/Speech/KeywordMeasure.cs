using SeqStream.Contracts;

namespace SeqStream.Hosting.Evaluation.Speech;

/// <summary>
/// <c>keywords</c>: each recording of a zip alone, four times in different noise, since a few hundred sounds say little of the last percent. The answer is the keyword that was tagged most often, the longer one
/// of equals. Also how many 10 ms frames are wrongly speech or not speech, and how long after a word's beginning its tag is there.
/// </summary>
internal sealed class KeywordMeasure : IMeasure
{
    private const int Hearings = 4; // of each recording
    private const int Frame = SpokenWords.RateHz / 100;
    private const double Fall = 6.30957344480193e-4; // 32 dB: what is quieter at the ends of a recording is no speech

    /// <inheritdoc/>
    public async Task<EvaluationReport> RunAsync(EvaluationTask task, CancellationToken cancellation)
    {
        double heard = HearingDelay.Of(task.Model.Card);
        SpokenWord[] words = await SpokenWords.ReadAsync(task.Path, cancellation).ConfigureAwait(false);
        SpokenSound[] sounds = [.. SpokenSounds.Singles(words, Hearings)];
        List<TaggedSpan>[] tags = [.. sounds.Select(static _ => new List<TaggedSpan>())];
        double[] first = [.. sounds.Select(static _ => double.NaN)]; // when the right tag was there
        await new SequenceRunner(task.Model, task.Threads).RunAsync([.. sounds.Select(static sound => sound.ToSequence())], (index, emission) =>
        {
            if (emission.Kind != EmissionKind.Label) return;
            if (!emission.IsPartial) tags[index].Add(new TaggedSpan(emission.Label ?? "", emission.SpanStart, emission.SpanEnd));
            else if (double.IsNaN(first[index]) && emission.Label == SpokenWords.Names[sounds[index].Digits[0]]) first[index] = emission.Time + heard;
        }, cancellation).ConfigureAwait(false);
        return Report(task, words, sounds, tags, first);
    }

    private static EvaluationReport Report(EvaluationTask task, SpokenWord[] words, SpokenSound[] sounds, List<TaggedSpan>[] tags, double[] first)
    {
        int right = 0, wrong = 0, frames = 0, early = 0;
        List<double> delays = [];
        for (int i = 0; i < sounds.Length; i++)
        {
            (double start, double end) = SpokenPart(words[i % words.Length], sounds[i].Spans[0].Start);
            if (AnswerOf(tags[i]) == SpokenWords.Names[sounds[i].Digits[0]]) right++;
            if (tags[i].Any(tag => IsKeyword(tag) && tag.End <= start)) early++;
            if (!double.IsNaN(first[i])) delays.Add(first[i] - start);
            for (int frame = 0; frame < sounds[i].Samples.Length / Frame; frame++)
            {
                double middle = (frame + 0.5) / 100;
                frames++;
                if (tags[i].Any(tag => middle >= tag.Start && middle < tag.End) != (middle >= start && middle < end)) wrong++;
            }
        }
        return task.Report(sounds.Length, frames, new("keyword accuracy", EvaluationTask.Share(right, sounds.Length)), new("frame error, speech or not", EvaluationTask.Share(wrong, frames)),
            new("seconds from the beginning of a word to its tag, median", HearingDelay.Median(delays)), new("recordings with a keyword before the word", EvaluationTask.Share(early, sounds.Length)));
    }

    private static string AnswerOf(List<TaggedSpan> tags) => tags.Where(IsKeyword).GroupBy(static tag => tag.Label)
        .OrderByDescending(static group => group.Count()).ThenByDescending(static group => Math.Round(group.Sum(static tag => tag.End - tag.Start), 3)).FirstOrDefault()?.Key ?? "";

    private static bool IsKeyword(TaggedSpan tag) => SpokenWords.Names.Contains(tag.Label);

    /// <summary>From the first to the last 10 ms of a recording that are less than 32 dB below the loudest, in seconds of the sound it was put into.</summary>
    private static (double Start, double End) SpokenPart(SpokenWord word, int at)
    {
        double[] power = [.. word.Samples.Chunk(Frame).Where(static piece => piece.Length == Frame).Select(static piece => piece.Sum(static sample => sample * sample))];
        if (power.Length == 0) return (at / (double)SpokenWords.RateHz, (at + word.Samples.Length) / (double)SpokenWords.RateHz);
        double least = power.Max() * Fall;
        int first = Array.FindIndex(power, value => value > least), last = Array.FindLastIndex(power, value => value > least);
        return ((at + Math.Max(first, 0) * Frame) / (double)SpokenWords.RateHz, (at + (last + 1) * Frame) / (double)SpokenWords.RateHz);
    }

    private readonly record struct TaggedSpan(string Label, double Start, double End);
}
