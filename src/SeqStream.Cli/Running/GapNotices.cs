using System.Globalization;
using SeqStream.Audio;
using SeqStream.Cli.Output;

namespace SeqStream.Cli.Running;

/// <summary>Says on stderr where samples were lost: the first gaps one by one, all of them in sum.</summary>
internal sealed class GapNotices(string source, Notices notices)
{
    private const int MostTold = 20;
    private int _told;

    /// <summary>Tells a gap. Feed thread only.</summary>
    public void Tell(AudioGap gap)
    {
        if (++_told > MostTold) return;
        notices.Write(string.Create(CultureInfo.InvariantCulture, $"{source}: {gap.LostFrames} samples ({gap.LostFrames / (double)gap.RateHz:0.###} s) were lost at {gap.Time:0.###} s: {Cause(gap.Reason)}{(_told == MostTold ? "; further gaps are only counted" : "")}"));
    }

    /// <summary>Says the sum, once the feed has ended.</summary>
    public void Sum(AudioFeedCounters counters)
    {
        if (counters.Gaps == 0) return;
        notices.Write(string.Create(CultureInfo.InvariantCulture, $"{source}: {counters.Gaps} {(counters.Gaps == 1 ? "gap" : "gaps")}, {counters.LostFrames} samples lost, memory reset {counters.Resets} {(counters.Resets == 1 ? "time" : "times")}"));
    }

    private static string Cause(AudioGapReason reason) => reason switch
    {
        AudioGapReason.Overrun => "the device's buffer ran over, because steps or the reader of the output were too slow",
        AudioGapReason.Suspend => "the machine or the device slept",
        AudioGapReason.DeviceLost => "the device was gone and was opened again",
        _ => "they were no numbers",
    };
}
