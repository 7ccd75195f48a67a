using System.CommandLine;
using SeqStream.Cli.Output;
using SeqStream.Cli.Running;
using SeqStream.Decoding.Sampling;
using SeqStream.Hosting.Catalog;
using SeqStream.Hosting.Generation;

namespace SeqStream.Cli.Verbs;

/// <summary><c>generate MODEL</c>: one-to-many.</summary>
internal static class GenerateVerb
{
    private static readonly ModelOptions s_model = new();
    private static readonly OutputOptions s_output = new();
    private static readonly Option<int?> s_count = new("--count", "-n") { Description = "How many: 10 texts where nothing is said, but one tune or drawing.", HelpName = "N" };
    private static readonly Option<ulong> s_seed = new("--seed") { Description = "Where chance begins; the same seed gives the same texts.", DefaultValueFactory = static _ => 0, HelpName = "N" };
    private static readonly Option<string> s_prompt = new("--prompt") { Description = "What every text begins with; of tunes \\n stands for a new line; of drawings the first strokes as JSON, or a file of them.", DefaultValueFactory = static _ => "", HelpName = "TEXT" };
    private static readonly Option<string> s_class = new("--class") { Description = "What kind of text, if the model knows several; default: its first.", DefaultValueFactory = static _ => "", HelpName = "NAME" };
    private static readonly Option<double?> s_temperature = new("--temperature") { Description = "1 keeps the model's odds, less sharpens them, 0 always takes the most probable; default: 1, or what the model's card says.", HelpName = "T" };
    private static readonly Option<int> s_topK = new("--top-k") { Description = "Only the K most probable compete; 0 for all.", DefaultValueFactory = static _ => 0, HelpName = "K" };
    private static readonly Option<double> s_topP = new("--top-p") { Description = "Only the most probable that together reach P compete; 1 for all.", DefaultValueFactory = static _ => 1, HelpName = "P" };
    private static readonly Option<int?> s_maxSteps = new("--max-steps") { Description = "Most letters of a text, the prompt not counted; default: what the model's card says.", HelpName = "N" };
    private static readonly Option<string?> s_out = new("--out") { Description = "text or jsonl; of tunes also midi or wav; of drawings svg or jsonl.", HelpName = "FORMAT" };

    public static Command Create()
    {
        Command verb = new("generate", "Let a model write texts or tunes, or complete drawings.");
        s_model.AddTo(verb);
        foreach (Option option in new Option[] { s_count, s_seed, s_prompt, s_class, s_temperature, s_topK, s_topP, s_maxSteps, s_out }) verb.Options.Add(option);
        s_output.AddTo(verb);
        verb.SetAction(static parsed => Run(parsed));
        return verb;
    }

    private static int Run(ParseResult parsed)
    {
        using LoadedModel model = s_model.Load(parsed);
        new Notices(s_output.Quiet(parsed)).ExplainExecutor(model, s_model.LoadOptions(parsed));
        GenerationOptions options = OptionsOf(parsed, model);
        bool draws = model.Card.FrontEndType == "strokes";
        string format = parsed.GetValue(s_out) ?? (s_output.Json(parsed) ? "jsonl" : draws ? "svg" : "text");
        using Stream output = StandardOutput.Open();
        try
        {
            if (draws) new GeneratedSketches(model, options).Write(output, format, parsed.GetValue(s_count) ?? 1);
            else new GeneratedTexts(model, options, new Notices(s_output.Quiet(parsed))).Write(output, format, parsed.GetValue(s_count));
        }
        catch (IOException failure) when (Feeds.BrokenPipe.Is(failure))
        {
            return ExitCode.Ok;
        }
        return ExitCode.Ok;
    }

    private static GenerationOptions OptionsOf(ParseResult parsed, LoadedModel model) => new()
    {
        Prompt = model.Card.Generation.Writes == "abc" ? parsed.GetValue(s_prompt)!.Replace("\\n", "\n", StringComparison.Ordinal) : parsed.GetValue(s_prompt)!,
        Class = parsed.GetValue(s_class)!,
        MaxSteps = parsed.GetValue(s_maxSteps),
        Sampler = new SamplerOptions
        {
            Seed = parsed.GetValue(s_seed),
            Temperature = parsed.GetValue(s_temperature) ?? model.Card.Generation.Temperature,
            TopK = parsed.GetValue(s_topK),
            TopP = parsed.GetValue(s_topP),
        },
    };
}
