using System.CommandLine;
using System.CommandLine.Invocation;
using SeqStream.Cli.Verbs;

namespace SeqStream.Cli;

/// <summary>The command line: verbs, their options, exit codes.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        RootCommand root = CreateRoot();
        ParseResult parsed = root.Parse(args);
        if (parsed.Action is ParseErrorAction) return UsageReport.Write(parsed);
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            return Failure.Report(failure);
        }
    }

    private static RootCommand CreateRoot() => new("SeqStream: streaming inference for stateful sequence models.")
    {
        RunVerb.Create(),
        ServeVerb.Create(),
        GenerateVerb.Create(),
        ModelsVerb.Create(),
        DemoVerb.Create(),
        StateVerb.Create(),
        InspectVerb.Create(),
        ExplainVerb.Create(),
        VerifyVerb.Create(),
        ConvertVerb.Create(),
        BenchVerb.Create(),
        EvalVerb.Create(),
        DoctorVerb.Create(),
    };
}
