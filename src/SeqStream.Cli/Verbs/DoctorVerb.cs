using System.CommandLine;
using SeqStream.Cli.Output;
using SeqStream.Hosting.Diagnosis;

namespace SeqStream.Cli.Verbs;

/// <summary><c>doctor</c>: what this machine offers.</summary>
internal static class DoctorVerb
{
    private static readonly OutputOptions s_output = new();

    public static Command Create()
    {
        Command verb = new("doctor", "Show what this machine offers.");
        s_output.AddTo(verb);
        verb.SetAction(static parsed => Run(parsed));
        return verb;
    }

    private static int Run(ParseResult parsed)
    {
        IReadOnlyList<Finding> findings = MachineDiagnosis.Run();
        if (s_output.Json(parsed))
        {
            JsonOutput.Write(json =>
            {
                json.WriteStartObject();
                foreach (Finding finding in findings) json.WriteString(finding.Subject, finding.Answer);
                json.WriteEndObject();
            });
            return ExitCode.Ok;
        }
        TextTable table = new("subject", "found", "remedy");
        foreach (Finding finding in findings) table.Add(finding.Subject, finding.Answer, finding.Remedy);
        table.Write();
        return ExitCode.Ok;
    }
}
