using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using SeqStream.Cli.Output;
using SeqStream.Decoding.Sampling;
using SeqStream.Hosting.Catalog;
using SeqStream.Hosting.Generation;

namespace SeqStream.Cli.Verbs;

/// <summary><c>generate MODEL</c>: one-to-many, a text per line.</summary>
internal static class GenerateVerb
{
    private static readonly ModelOptions s_model = new();
    private static readonly OutputOptions s_output = new();
    private static readonly Option<int> s_count = new("--count", "-n") { Description = "How many texts.", DefaultValueFactory = static _ => 10, HelpName = "N" };
    private static readonly Option<ulong> s_seed = new("--seed") { Description = "Where chance begins; the same seed gives the same texts.", DefaultValueFactory = static _ => 0, HelpName = "N" };
    private static readonly Option<string> s_prompt = new("--prompt") { Description = "What every text begins with.", DefaultValueFactory = static _ => "", HelpName = "TEXT" };
    private static readonly Option<double> s_temperature = new("--temperature") { Description = "1 keeps the model's odds, less sharpens them, 0 always takes the most probable.", DefaultValueFactory = static _ => 1, HelpName = "T" };
    private static readonly Option<int> s_topK = new("--top-k") { Description = "Only the K most probable compete; 0 for all.", DefaultValueFactory = static _ => 0, HelpName = "K" };
    private static readonly Option<double> s_topP = new("--top-p") { Description = "Only the most probable that together reach P compete; 1 for all.", DefaultValueFactory = static _ => 1, HelpName = "P" };
    private static readonly Option<int> s_maxSteps = new("--max-steps") { Description = "Most letters of a text, the prompt not counted.", DefaultValueFactory = static _ => 200, HelpName = "N" };

    public static Command Create()
    {
        Command verb = new("generate", "Let a model write: a text per line.");
        s_model.AddTo(verb);
        foreach (Option option in new Option[] { s_count, s_seed, s_prompt, s_temperature, s_topK, s_topP, s_maxSteps }) verb.Options.Add(option);
        s_output.AddTo(verb);
        verb.SetAction(static parsed => Run(parsed));
        return verb;
    }

    private static int Run(ParseResult parsed)
    {
        using LoadedModel model = s_model.Load(parsed);
        new Notices(s_output.Quiet(parsed)).ExplainExecutor(model, s_model.LoadOptions(parsed));
        using LetterGenerator generator = new(model, OptionsOf(parsed));
        using Stream output = StandardOutput.Open();
        using StreamWriter writer = new(output) { NewLine = "\n" };
        bool asJson = s_output.Json(parsed);
        try
        {
            for (int i = 0; i < parsed.GetValue(s_count); i++)
            {
                string text = generator.Next(i, out double nats);
                writer.WriteLine(asJson ? string.Create(CultureInfo.InvariantCulture, $"{{\"index\":{i},\"text\":\"{JsonEncodedText.Encode(text)}\",\"nats\":{nats:0.####}}}") : text);
                writer.Flush();
            }
        }
        catch (IOException failure) when (Feeds.BrokenPipe.Is(failure))
        {
            return ExitCode.Ok;
        }
        return ExitCode.Ok;
    }

    private static GenerationOptions OptionsOf(ParseResult parsed) => new()
    {
        Prompt = parsed.GetValue(s_prompt)!,
        MaxSteps = parsed.GetValue(s_maxSteps),
        Sampler = new SamplerOptions
        {
            Seed = parsed.GetValue(s_seed),
            Temperature = parsed.GetValue(s_temperature),
            TopK = parsed.GetValue(s_topK),
            TopP = parsed.GetValue(s_topP),
        },
    };
}
