using System.Text.Json;

namespace SeqStream.FrontEnds.Audio;

/// <summary>What a model card says about sound before its model is loaded.</summary>
public static class AudioCard
{
    /// <summary>The rate in Hz that a front end wants its samples at; null if it takes no sound, or the card does not say it rightly, which creating the front end tells.</summary>
    /// <param name="type">The front end's name.</param>
    /// <param name="parameters">The card's <c>frontEnd</c> object.</param>
    public static int? RateHz(string type, JsonElement parameters)
    {
        bool isSound = type is "log-mel" or "mfcc" or "samples";
        if (!isSound || parameters.ValueKind != JsonValueKind.Object || !parameters.TryGetProperty("rate", out JsonElement rate)) return null;
        return rate.ValueKind == JsonValueKind.Number && rate.TryGetInt32(out int hertz) ? hertz : null;
    }
}
