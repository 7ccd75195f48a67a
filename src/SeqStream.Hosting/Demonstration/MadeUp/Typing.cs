namespace SeqStream.Hosting.Demonstration.MadeUp;

/// <summary>Somebody who types.</summary>
internal static class Typing
{
    /// <summary>A sentence for each text, word by word.</summary>
    public static IEnumerable<IEnumerable<SceneFrame>> Words(double secondsPerWord, params string[] texts)
        => texts.Select(text => text.Split(' ').Select(word => SceneFrame.Typed(word + " ", secondsPerWord)));

    /// <summary>A sequence for each text, which comes whole.</summary>
    public static IEnumerable<IEnumerable<SceneFrame>> Lines(double secondsPerLine, params string[] texts)
        => texts.Select(text => (IEnumerable<SceneFrame>)[SceneFrame.Typed(text, secondsPerLine)]);
}
