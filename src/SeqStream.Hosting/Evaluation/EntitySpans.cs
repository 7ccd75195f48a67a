namespace SeqStream.Hosting.Evaluation;

/// <summary>
/// Entities as spans of BIO tags: an entity begins at B-TYPE, or at I-TYPE after something of another type, and goes on while I-TYPE follows.
/// An entity is right if its type and both ends are. This is the measure of the CoNLL-2003 shared task.
/// </summary>
internal static class EntitySpans
{
    /// <summary>The entities of a sentence.</summary>
    public static HashSet<(int Start, int End, string Type)> Of(IReadOnlyList<string> tags)
    {
        HashSet<(int, int, string)> spans = [];
        int start = -1;
        string type = "";
        for (int i = 0; i <= tags.Count; i++)
        {
            string tag = i < tags.Count ? tags[i] : "O";
            string tagType = tag.Length > 2 ? tag[2..] : "";
            bool goesOn = start >= 0 && tag.StartsWith("I-", StringComparison.Ordinal) && tagType == type;
            if (goesOn) continue;
            if (start >= 0) spans.Add((start, i, type));
            start = tagType.Length > 0 ? i : -1;
            type = tagType;
        }
        return spans;
    }
}
