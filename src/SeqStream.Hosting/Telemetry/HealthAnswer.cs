namespace SeqStream.Hosting.Telemetry;

/// <summary>What a <see cref="HealthListener"/> answers to a path.</summary>
/// <param name="Status">HTTP status code.</param>
/// <param name="ContentType">Type of the body.</param>
/// <param name="Body">The body.</param>
public sealed record HealthAnswer(int Status, string ContentType, string Body)
{
    /// <summary>An answer in plain text.</summary>
    public static HealthAnswer Text(int status, string body) => new(status, "text/plain; charset=utf-8", body + "\n");
}
