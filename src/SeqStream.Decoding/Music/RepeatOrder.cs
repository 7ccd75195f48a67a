namespace SeqStream.Decoding.Music;

/// <summary>
/// The order in which written events are played. What lies between <c>|:</c> (or the last double bar, repeat or the beginning) and <c>:|</c> is played twice, or as often as its
/// endings say; an ending is played in its passes only. An ending reaches to the end of its repeat, for the last to the next repeat, double bar or ending.
/// </summary>
internal static class RepeatOrder
{
    /// <summary>Indices of events in playing order, at most nine of each.</summary>
    public static IEnumerable<int> Of(IReadOnlyList<AbcEvent> events)
    {
        int section = 0, pass = 1;
        for (int i = 0; i < events.Count; i++)
        {
            if (events[i].Kind == AbcEventKind.Ending)
            {
                bool isPlayed = (events[i].Passes >> pass & 1) != 0 || (pass == 1 && (PassesFrom(events, section) & 2) == 0);
                if (isPlayed) continue;
                i = EndOf(events, i) - 1;
            }
            else
            {
                yield return i;
                if (events[i].Kind == AbcEventKind.RepeatEnd && pass < LastPass(events, section))
                {
                    pass++;
                    i = section - 1;
                    continue;
                }
            }
            if (!EndsSection(events, i)) continue;
            section = i + 1;
            pass = 1;
        }
    }

    private static bool EndsSection(IReadOnlyList<AbcEvent> events, int i)
        => events[i].Kind is AbcEventKind.RepeatStart or AbcEventKind.RepeatEnd or AbcEventKind.Section && !(i + 1 < events.Count && events[i + 1].Kind == AbcEventKind.Ending);

    private static int LastPass(IReadOnlyList<AbcEvent> events, int section)
    {
        int passes = PassesFrom(events, section);
        return Math.Max(2, passes == 0 ? 2 : 31 - int.LeadingZeroCount(passes));
    }

    /// <summary>All passes for which a repeated section has endings.</summary>
    private static int PassesFrom(IReadOnlyList<AbcEvent> events, int section)
    {
        int passes = 0;
        for (int i = section; i < events.Count; i++)
        {
            if (events[i].Kind == AbcEventKind.Ending) passes |= events[i].Passes;
            if (EndsSection(events, i)) break;
        }
        return passes;
    }

    /// <summary>Where what is left out ends.</summary>
    private static int EndOf(IReadOnlyList<AbcEvent> events, int ending)
    {
        for (int i = ending + 1; i < events.Count; i++)
        {
            if (events[i].Kind is AbcEventKind.RepeatEnd) return i + 1;
            if (events[i].Kind is AbcEventKind.RepeatStart or AbcEventKind.Section or AbcEventKind.Ending) return i;
        }
        return events.Count;
    }
}
