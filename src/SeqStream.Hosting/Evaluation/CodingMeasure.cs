using SeqStream.Contracts;

namespace SeqStream.Hosting.Evaluation;

/// <summary>
/// <c>coding-letters</c>: letters of GenBank records as coding (the model's first label) or not (its second): balanced accuracy, accuracy, F1 of coding and Matthews' correlation.
/// Records of more than 20,000 letters are read whole, but only their last fifth is counted: models are trained on the rest of such records.
/// </summary>
internal sealed class CodingMeasure : IMeasure
{
    private const int LongRecord = 20_000;

    /// <inheritdoc/>
    public async Task<EvaluationReport> RunAsync(EvaluationTask task, CancellationToken cancellation)
    {
        string coding = task.Model.Card.Labels[0], other = task.Model.Card.Labels[1];
        LabelledSequence[] records = [.. GenBankFile.Read(task.Path, coding, other)];
        if (records.Length == 0) throw new InvalidDataException($"{task.Path}: found no record with letters, expected a GenBank flat file with ORIGIN lines.");
        double[,] counts = new double[2, 2]; // [is coding, is said to be]
        await new SequenceRunner(task.Model, task.Threads).RunAsync(records, (index, emission) =>
        {
            if (emission.Kind != EmissionKind.Label || emission.Step < FirstCounted(records[index])) return;
            counts[records[index].Labels[emission.Step] == coding ? 1 : 0, emission.Label == coding ? 1 : 0]++;
        }, cancellation).ConfigureAwait(false);
        double hits = counts[1, 1], misses = counts[1, 0], alarms = counts[0, 1], rests = counts[0, 0], all = hits + misses + alarms + rests;
        double recall = EvaluationTask.Share(hits, hits + misses), restRecall = EvaluationTask.Share(rests, rests + alarms);
        return task.Report(records.Length, (long)all,
            new("balanced accuracy", (recall + restRecall) / 2), new("accuracy", EvaluationTask.Share(hits + rests, all)),
            new("F1 of coding", EvaluationTask.Share(2 * hits, (2 * hits) + misses + alarms)), new("share that codes", EvaluationTask.Share(hits + misses, all)),
            new("Matthews correlation", EvaluationTask.Share((hits * rests) - (misses * alarms), Math.Sqrt((hits + misses) * (hits + alarms) * (rests + misses) * (rests + alarms)))));
    }

    private static long FirstCounted(LabelledSequence record) => record.Text.Length > LongRecord ? record.Text.Length * 4L / 5 : 0;
}
