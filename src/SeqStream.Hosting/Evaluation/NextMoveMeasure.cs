using SeqStream.Contracts;

namespace SeqStream.Hosting.Evaluation;

/// <summary>
/// <c>next-move</c>: at every event of an order book the direction of the next change of the mid price, as macro F1 and log-loss, beside two rules that learn nothing:
/// the price goes on as it moved last, and it moves away from the larger size. Events that no change follows are run and not counted.
/// </summary>
internal sealed class NextMoveMeasure : IMeasure
{
    private const string Up = "up", Down = "down";
    private const int AskColumn = 5, AskSizeColumn = 6, BidColumn = 7, BidSizeColumn = 8;
    private const double LeastProbability = 1e-7;

    /// <inheritdoc/>
    public async Task<EvaluationReport> RunAsync(EvaluationTask task, CancellationToken cancellation)
    {
        if (!task.Model.Card.Labels.Order(StringComparer.Ordinal).SequenceEqual([Down, Up]))
            throw new InvalidDataException($"Model '{task.Model.Card.Name}' has the labels {string.Join(", ", task.Model.Card.Labels)}; the evaluation 'next-move' expects {Down} and {Up}.");
        LabelledSequence day = OrderBookFiles.Read(task.Path);
        double[] rises = new double[day.Rows.Length]; // [event] probability of Up
        int answers = 0;
        await new SequenceRunner(task.Model, task.Threads).RunAsync([day], (_, emission) =>
        {
            if (emission.Kind != EmissionKind.Label || emission.Step >= rises.Length) return;
            rises[emission.Step] = emission.Label == Up ? emission.Score : 1 - emission.Score;
            answers++;
        }, cancellation).ConfigureAwait(false);
        if (answers != rises.Length) throw new InvalidDataException($"{task.Path}: the model answered {answers} times, expected {rises.Length}, one answer for each event.");
        (int[] last, int[] next) = Moves(day.Rows);
        int[] counted = [.. Enumerable.Range(0, next.Length).Where(i => next[i] != 0)];
        bool[] truth = [.. counted.Select(i => next[i] > 0)];
        double loss = counted.Select((i, k) => -Math.Log(Math.Max(LeastProbability, truth[k] ? rises[i] : 1 - rises[i]))).DefaultIfEmpty(0).Average();
        return task.Report(1, counted.Length,
            new("macro F1", MacroF1(truth, [.. counted.Select(i => rises[i] > 0.5)])), new("log-loss", loss),
            new("macro F1 of going on as last", MacroF1(truth, [.. counted.Select(i => last[i] > 0)])),
            new("macro F1 of moving away from the larger size", MacroF1(truth, [.. counted.Select(i => day.Rows[i][BidSizeColumn] > day.Rows[i][AskSizeColumn])])));
    }

    /// <summary>The mean over both directions of 2 right / (said + true).</summary>
    private static double MacroF1(bool[] truth, bool[] said)
    {
        double sum = 0;
        foreach (bool direction in (bool[])[false, true])
        {
            double right = Enumerable.Range(0, truth.Length).Count(i => truth[i] == direction && said[i] == direction);
            sum += EvaluationTask.Share(2 * right, truth.Count(one => one == direction) + said.Count(one => one == direction));
        }
        return sum / 2;
    }

    /// <summary>[event] directions of the last change of the mid price up to an event, and of the next one after it; 0 for none.</summary>
    private static (int[] Last, int[] Next) Moves(float[][] rows)
    {
        int[] last = new int[rows.Length], next = new int[rows.Length];
        for (int i = 1; i < rows.Length; i++)
        {
            int move = Math.Sign((double)rows[i][AskColumn] + rows[i][BidColumn] - rows[i - 1][AskColumn] - rows[i - 1][BidColumn]);
            last[i] = move != 0 ? move : last[i - 1];
            next[i - 1] = move;
        }
        for (int i = rows.Length - 2; i >= 0; i--) next[i] = next[i] != 0 ? next[i] : next[i + 1];
        return (last, next);
    }
}
