using System.Collections.Immutable;

namespace SeqStream.Hosting.Configuration;

/// <summary>A configuration cannot be used. The message holds every problem, one on each line, with its place.</summary>
public sealed class ConfigurationException : Exception
{
    /// <summary>Creates the exception.</summary>
    public ConfigurationException(IEnumerable<ConfigProblem> problems) : this([.. problems])
    {
    }

    private ConfigurationException(ImmutableArray<ConfigProblem> problems) : base(string.Join('\n', problems)) => Problems = problems;

    /// <summary>The problems, in the order of their places.</summary>
    public ImmutableArray<ConfigProblem> Problems { get; }
}
