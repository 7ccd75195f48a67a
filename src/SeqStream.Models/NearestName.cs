namespace SeqStream.Models;

/// <summary>Finds what somebody probably meant.</summary>
public static class NearestName
{
    /// <summary>The candidate with the fewest edits (insert, delete, replace, swap neighbours), or null if none comes near: more than a third of the letters differ.</summary>
    public static string? Of(string name, IEnumerable<string> candidates)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(candidates);
        string? best = null;
        int bestEdits = Math.Max(1, name.Length / 3) + 1;
        foreach (string candidate in candidates)
        {
            int edits = candidate.StartsWith(name, StringComparison.OrdinalIgnoreCase) && name.Length > 1 ? 0 : Edits(name, candidate);
            if (edits >= bestEdits) continue;
            bestEdits = edits;
            best = candidate;
        }
        return best;
    }

    /// <summary><c> Did you mean 'ner'?</c> with a leading blank, or nothing.</summary>
    public static string Hint(string name, IEnumerable<string> candidates) => Of(name, candidates) is string nearest ? $" Did you mean '{nearest}'?" : "";

    /// <summary>Optimal string alignment distance: rows [name + 1], columns [candidate + 1].</summary>
    private static int Edits(string name, string candidate)
    {
        int[,] cost = new int[name.Length + 1, candidate.Length + 1];
        for (int i = 0; i <= name.Length; i++) cost[i, 0] = i;
        for (int j = 0; j <= candidate.Length; j++) cost[0, j] = j;
        for (int i = 1; i <= name.Length; i++)
        {
            for (int j = 1; j <= candidate.Length; j++)
            {
                int replace = cost[i - 1, j - 1] + (Same(name[i - 1], candidate[j - 1]) ? 0 : 1);
                cost[i, j] = Math.Min(replace, Math.Min(cost[i - 1, j], cost[i, j - 1]) + 1);
                bool isSwap = i > 1 && j > 1 && Same(name[i - 1], candidate[j - 2]) && Same(name[i - 2], candidate[j - 1]);
                if (isSwap) cost[i, j] = Math.Min(cost[i, j], cost[i - 2, j - 2] + 1);
            }
        }
        return cost[name.Length, candidate.Length];
    }

    private static bool Same(char a, char b) => char.ToLowerInvariant(a) == char.ToLowerInvariant(b);
}
