namespace SeqStream.Hosting.Evaluation.Speech;

/// <summary>The distance of two texts in words.</summary>
internal static class WordErrors
{
    /// <summary>Fewest words to change, leave out or put in (Levenshtein 1966).</summary>
    public static int Between(IReadOnlyList<string> said, IReadOnlyList<string> wanted)
    {
        int[] row = [.. Enumerable.Range(0, wanted.Count + 1)]; // [wanted + 1] errors against the first words
        for (int i = 0; i < said.Count; i++)
        {
            int diagonal = row[0];
            row[0] = i + 1;
            for (int j = 0; j < wanted.Count; j++)
            {
                int changed = diagonal + (said[i] == wanted[j] ? 0 : 1);
                diagonal = row[j + 1];
                row[j + 1] = Math.Min(changed, 1 + Math.Min(row[j], row[j + 1]));
            }
        }
        return row[^1];
    }
}
