namespace SeqStream.Hosting.Configuration;

/// <summary>Something that keeps a configuration from being used. Never holds a secret.</summary>
/// <param name="Place">Where it stands.</param>
/// <param name="Problem">What was found, what was expected, what to do.</param>
public sealed record ConfigProblem(ConfigPlace Place, string Problem)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Place}: {Problem}";
}
