using System.CommandLine;

namespace SeqStream.Cli.Verbs;

/// <summary>Options of every verb about what it prints.</summary>
internal sealed class OutputOptions
{
    private readonly Option<bool> _json = new("--json") { Description = "Print JSON for programs." };
    private readonly Option<bool> _quiet = new("--quiet", "-q") { Description = "Print no notices, only results and errors." };

    /// <summary>Adds them to a verb.</summary>
    public void AddTo(Command verb)
    {
        verb.Options.Add(_json);
        verb.Options.Add(_quiet);
    }

    /// <summary>True if JSON is asked for.</summary>
    public bool Json(ParseResult parsed) => parsed.GetValue(_json);

    /// <summary>True if notices are unwanted.</summary>
    public bool Quiet(ParseResult parsed) => parsed.GetValue(_quiet);
}
