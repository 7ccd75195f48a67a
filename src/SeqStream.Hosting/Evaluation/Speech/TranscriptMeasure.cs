using System.Text;
using SeqStream.Contracts;

namespace SeqStream.Hosting.Evaluation.Speech;

/// <summary><c>transcripts</c>: the word error rate of strings of words that are joined from the recordings of a zip.</summary>
internal sealed class TranscriptMeasure : IMeasure
{
    private const int Strings = 300;

    /// <inheritdoc/>
    public async Task<EvaluationReport> RunAsync(EvaluationTask task, CancellationToken cancellation)
    {
        double heard = HearingDelay.Of(task.Model.Card);
        SpokenSound[] sounds = [.. SpokenSounds.Strings(await SpokenWords.ReadAsync(task.Path, cancellation).ConfigureAwait(false), Strings)];
        List<string>[] said = [.. sounds.Select(static _ => new List<string>())];
        List<double>[] shown = [.. sounds.Select(static _ => new List<double>())]; // when each word was there, in seconds
        await new SequenceRunner(task.Model, task.Threads).RunAsync([.. sounds.Select(static sound => sound.ToSequence())], (index, emission) =>
        {
            if (emission.Kind != EmissionKind.Text) return;
            string[] words = Encoding.UTF8.GetString(emission.Text).Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (!emission.IsPartial) said[index].AddRange(words);
            else while (shown[index].Count < said[index].Count + words.Length) shown[index].Add(emission.Time + heard);
        }, cancellation).ConfigureAwait(false);
        return Report(task, sounds, said, shown);
    }

    private static EvaluationReport Report(EvaluationTask task, SpokenSound[] sounds, List<string>[] said, List<double>[] shown)
    {
        int wrong = 0, right = 0, words = sounds.Sum(static sound => sound.Digits.Length);
        List<double> delays = [];
        for (int i = 0; i < sounds.Length; i++)
        {
            int errors = WordErrors.Between(said[i], [.. sounds[i].Digits.Select(static digit => SpokenWords.Names[digit])]);
            wrong += errors;
            if (errors > 0) continue;
            right++;
            for (int word = 0; word < shown[i].Count; word++) delays.Add(shown[i][word] - sounds[i].Spans[word].End / (double)SpokenWords.RateHz);
        }
        return task.Report(sounds.Length, words, new("word error rate", EvaluationTask.Share(wrong, words)), new("strings without an error", EvaluationTask.Share(right, sounds.Length)),
            new("seconds from the end of a recording to its word, median", HearingDelay.Median(delays)));
    }
}
