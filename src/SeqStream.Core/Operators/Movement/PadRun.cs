namespace SeqStream.Operators.Movement;

/// <summary>Elements of a padded tensor that lie beside each other and come from places at one distance.</summary>
/// <param name="Source">The input element of the first; negative for the fill value.</param>
/// <param name="Step">From one element's place in the input to the next one's: 1, 0 or -1.</param>
/// <param name="Count">Elements.</param>
internal readonly record struct PadRun(int Source, int Step, int Count)
{
    /// <summary>Groups elements.</summary>
    /// <param name="sources">[output elements] the input element of each; -1 for the fill value</param>
    public static PadRun[] Group(ReadOnlySpan<int> sources)
    {
        List<PadRun> runs = [];
        for (int first = 0, next; first < sources.Length; first = next)
        {
            next = first + 1;
            int step = next < sources.Length && (sources[first] < 0) == (sources[next] < 0) ? sources[next] - sources[first] : 0;
            if (step is -1 or 0 or 1)
            {
                while (next < sources.Length && (sources[first] < 0) == (sources[next] < 0) && sources[next] - sources[next - 1] == step) next++;
            }
            runs.Add(new PadRun(sources[first], step is -1 or 0 or 1 ? step : 0, next - first));
        }
        return [.. runs];
    }
}
