namespace SeqStream.Hosting.Configuration;

/// <summary>How a line of the log is written.</summary>
public enum LogForm
{
    /// <summary>For the journal if it reads stderr, else <see cref="Text"/>.</summary>
    Choose,
    /// <summary>Time, level and message.</summary>
    Text,
    /// <summary>The message behind its priority, <c>&lt;6&gt;</c>, as systemd's journal reads it.</summary>
    Journal,
    /// <summary>One JSON object.</summary>
    Json,
}
