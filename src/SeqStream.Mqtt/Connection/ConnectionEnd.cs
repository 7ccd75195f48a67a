namespace SeqStream.Mqtt.Connection;

/// <summary>How a connection, or the attempt to open one, ended.</summary>
/// <param name="Label">The cause as a label for counters.</param>
/// <param name="Text">The same for people: what was found and what to do.</param>
/// <param name="Retry">How soon to try again.</param>
/// <param name="WasOpen">True if the broker had accepted the connection.</param>
/// <param name="Cause">The exception behind it, or null.</param>
internal sealed record ConnectionEnd(string Label, string Text, Retry Retry, bool WasOpen, Exception? Cause = null);
