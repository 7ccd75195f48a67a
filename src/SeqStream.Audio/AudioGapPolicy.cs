namespace SeqStream.Audio;

/// <summary>What a stream's memory sees where samples were lost.</summary>
public enum AudioGapPolicy
{
    /// <summary>Silence as long as the hole, so that time stays right; a hole longer than <see cref="AudioFeedOptions.LongestSilence"/> resets.</summary>
    Zero,
    /// <summary>The memory is cleared and begins anew behind the hole.</summary>
    Reset,
    /// <summary>The sequence ends before the hole and a new one begins behind it.</summary>
    End,
    /// <summary>The samples before and behind the hole are joined; only the time jumps.</summary>
    Carry,
}
