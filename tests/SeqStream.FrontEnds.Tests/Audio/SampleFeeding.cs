using SeqStream.Contracts;

namespace SeqStream.FrontEnds.Audio;

/// <summary>Gives samples to a front end in pieces and collects the steps.</summary>
internal static class SampleFeeding
{
    /// <summary>The features and time of every step.</summary>
    /// <param name="inputs">The model's inputs.</param>
    /// <param name="frontEnd">Fresh or reset.</param>
    /// <param name="samples">All samples.</param>
    /// <param name="size">Length of the next piece.</param>
    /// <param name="rateHz">For the times of pieces; 0 to give none.</param>
    public static List<(float[] Features, double Time)> Steps(this Inputs inputs, IFrontEnd frontEnd, float[] samples, Func<int> size, int rateHz = 0)
    {
        List<(float[], double)> steps = [];
        for (int at = 0; at < samples.Length;)
        {
            int count = Math.Min(size(), samples.Length - at);
            Assert.Null(frontEnd.Accept(Inputs.Values(samples[at..(at + count)]), rateHz > 0 ? at / (double)rateHz : double.NaN).Problem);
            at += count;
            Drain(inputs, frontEnd, steps);
        }
        frontEnd.End();
        Drain(inputs, frontEnd, steps);
        return steps;
    }

    private static void Drain(Inputs inputs, IFrontEnd frontEnd, List<(float[], double)> steps)
    {
        StepNote note = default;
        while (frontEnd.TryNext(inputs.Next, ref note)) steps.Add((inputs.Next.Floats(0).ToArray(), note.Time));
    }
}
