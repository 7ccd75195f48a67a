namespace SeqStream.Mqtt.Connection;

/// <summary>How soon to connect again.</summary>
internal enum Retry
{
    /// <summary>Soon, then less and less often.</summary>
    Soon,
    /// <summary>After the longest pause: somebody must change something first.</summary>
    Late,
    /// <summary>Much later: another client has the session.</summary>
    AfterTakeover,
}
