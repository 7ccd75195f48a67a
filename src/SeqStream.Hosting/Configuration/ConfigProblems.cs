namespace SeqStream.Hosting.Configuration;

/// <summary>Gathers what is wrong with a configuration, so that all of it is told at once.</summary>
internal sealed class ConfigProblems
{
    private readonly List<ConfigProblem> _problems = [];

    public int Count => _problems.Count;

    public void Add(ConfigPlace place, string problem) => _problems.Add(new ConfigProblem(place, problem));

    /// <summary>Throws all that was added, those of the file first, in the order of its lines.</summary>
    /// <exception cref="ConfigurationException">Something was added.</exception>
    public void ThrowIfAny()
    {
        if (_problems.Count > 0) throw new ConfigurationException(_problems.OrderBy(static problem => problem.Place.Line == 0).ThenBy(static problem => problem.Place.Line).ThenBy(static problem => problem.Place.Column));
    }
}
