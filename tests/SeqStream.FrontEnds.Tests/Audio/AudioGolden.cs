using System.Text.Json;
using SeqStream.TestSupport;

namespace SeqStream.FrontEnds.Audio;

/// <summary>The file that tools/train/parts/audio.py wrote: a signal, and the features of several cards.</summary>
internal static class AudioGolden
{
    private static readonly JsonElement s_root = Read();

    public static float[] Samples { get; } = [.. s_root.GetProperty("samples").EnumerateArray().Select(static sample => sample.GetInt32() / 32768f)];

    public static int Cases => s_root.GetProperty("cases").GetArrayLength();

    /// <summary>A case's front end as JSON, and its features: [step, feature].</summary>
    public static (string Card, float[][] Features) Case(int index)
    {
        JsonElement found = s_root.GetProperty("cases")[index];
        return (found.GetProperty("frontEnd").GetRawText(), [.. found.GetProperty("features").EnumerateArray().Select(static row => row.EnumerateArray().Select(static value => value.GetSingle()).ToArray())]);
    }

    private static JsonElement Read()
    {
        string path = Path.Combine(SharedFolder.Repository, "tests", "SeqStream.FrontEnds.Tests", "Audio", "audio-golden.json");
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
        return document.RootElement.Clone();
    }
}
