using System.CommandLine;
using System.CommandLine.Parsing;
using SeqStream.Hosting.Catalog;

namespace SeqStream.Cli;

/// <summary>Says what is wrong with a command line, and what was probably meant.</summary>
internal static class UsageReport
{
    /// <summary>Writes the problems to stderr; answers the exit code.</summary>
    public static int Write(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        bool isVerbMissing = command is RootCommand;
        if (isVerbMissing && parsed.UnmatchedTokens.Count > 0)
        {
            string verb = parsed.UnmatchedTokens[0];
            IEnumerable<string> verbs = command.Subcommands.Select(static sub => sub.Name);
            Console.Error.WriteLine($"seqstream: there is no verb '{verb}'.{NearestName.Hint(verb, verbs)} Verbs: {string.Join(", ", verbs)}.");
        }
        else
        {
            // An unknown option takes the model's place and makes the real model a word too many: the first error is the one that explains.
            foreach (ParseError error in parsed.Errors.OrderBy(static error => error.SymbolResult is CommandResult).Take(1)) Console.Error.WriteLine($"seqstream: {error.Message}{Hint(error, parsed, command)}");
        }
        Console.Error.WriteLine(isVerbMissing ? "Try 'seqstream --help'." : $"Try 'seqstream {command.Name} --help'.");
        return ExitCode.Usage;
    }

    private static string Hint(ParseError error, ParseResult parsed, Command command)
    {
        string? unknown = parsed.UnmatchedTokens.FirstOrDefault(token => token.StartsWith('-') && error.Message.Contains($"'{token}'", StringComparison.Ordinal));
        return unknown is null ? "" : NearestName.Hint(unknown, command.Options.Select(static option => option.Name));
    }
}
