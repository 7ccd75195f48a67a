using System.Globalization;

namespace SeqStream.Hosting.Verification;

/// <summary>The first place where a value differs.</summary>
/// <param name="Stream">The stream, counted from 0 over all rounds.</param>
/// <param name="Frame">The frame of the value, from 0; -1 where a value has no frames.</param>
/// <param name="Expected">The number of the whole sequence; a length if <paramref name="Frame"/> is -1 and the lengths differ.</param>
/// <param name="Found">The number of the steps, or the length predicted.</param>
/// <param name="IsLength">True if the lengths differ, and no numbers were compared.</param>
public sealed record WireDifference(int Stream, long Frame, double Expected, double Found, bool IsLength)
{
    /// <summary><c>stream 2, frame 14: expected 0.25, found 0.75</c>.</summary>
    public override string ToString() => IsLength
        ? string.Create(CultureInfo.InvariantCulture, $"stream {Stream}: {Expected:0} frames, but {Found:0} were predicted")
        : string.Create(CultureInfo.InvariantCulture, $"stream {Stream}{(Frame < 0 ? "" : $", frame {Frame}")}: expected {Expected:G7}, found {Found:G7}");
}
