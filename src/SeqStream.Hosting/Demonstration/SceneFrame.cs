using System.Text;
using SeqStream.Contracts;

namespace SeqStream.Hosting.Demonstration;

/// <summary>A piece of made-up input.</summary>
/// <param name="Content">What it holds.</param>
/// <param name="Text">Its text, for content that is text.</param>
/// <param name="Values">Its numbers, for content that is numbers.</param>
/// <param name="Time">Its time in seconds; NaN if it has none.</param>
/// <param name="Pause">How long its maker takes before it.</param>
internal readonly record struct SceneFrame(FrameContent Content, string Text, float[] Values, double Time, TimeSpan Pause)
{
    /// <summary>Text as somebody types it.</summary>
    public static SceneFrame Typed(string text, double seconds) => new(FrameContent.Text, text, [], double.NaN, TimeSpan.FromSeconds(seconds));

    /// <summary>Numbers as something measures them.</summary>
    public static SceneFrame Measured(float[] values, double time, double seconds) => new(FrameContent.Values, "", values, time, TimeSpan.FromSeconds(seconds));

    /// <summary>The frame's content.</summary>
    public void Fill(FramePayload payload)
    {
        payload.Content = Content;
        if (Content != FrameContent.Values)
        {
            payload.AddText(Encoding.UTF8.GetBytes(Text));
            return;
        }
        payload.BeginSegment(0, isInteger: false);
        payload.Add(Values);
    }
}
