using System.CommandLine;
using SeqStream.Cli.Output;
using SeqStream.Hosting.Catalog;
using SeqStream.Hosting.Demonstration;

namespace SeqStream.Cli.Verbs;

/// <summary><c>demo</c>: every bundled model at work on input that is made up on the spot.</summary>
internal static class DemoVerb
{
    private const string Bold = "\e[1m", Grey = "\e[90m", Plain = "\e[0m"; // ECMA-48: select graphic rendition
    private static readonly Argument<string[]> s_models = new("MODEL") { Description = "The models to show. Without any: all.", Arity = ArgumentArity.ZeroOrMore };
    private static readonly Option<bool> s_fast = new("--fast") { Description = "Without the pauses that make it readable." };

    public static Command Create()
    {
        Command verb = new("demo", "Show every bundled model at work, in less than a minute; no file or device is needed.");
        verb.Arguments.Add(s_models);
        verb.Options.Add(s_fast);
        verb.SetAction(static (parsed, cancellation) => RunAsync(parsed, cancellation));
        return verb;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        ModelCatalog catalog = ModelCatalog.Find();
        foreach (Scene scene in Wanted(parsed.GetValue(s_models) ?? []))
        {
            using LoadedModel model = ModelLoader.Load(catalog.Resolve(scene.Model));
            WriteHeading(scene, model);
            await foreach (string line in scene.PlayAsync(model, parsed.GetValue(s_fast) ? 0 : 1, cancellation).ConfigureAwait(false)) Console.Out.WriteLine($"  {line}");
            Console.Out.WriteLine();
        }
        return ExitCode.Ok;
    }

    private static IEnumerable<Scene> Wanted(string[] names)
    {
        foreach (string name in names)
        {
            if (SceneCatalog.All.All(scene => scene.Model != name))
                throw new UsageException($"there is no scene of '{name}'.{NearestName.Hint(name, SceneCatalog.All.Select(static scene => scene.Model))} Expected {string.Join(", ", SceneCatalog.All.Select(static scene => scene.Model))}.");
        }
        return SceneCatalog.All.Where(scene => names.Length == 0 || names.Contains(scene.Model));
    }

    private static void WriteHeading(Scene scene, LoadedModel model)
    {
        if (Terminal.HasRichOutput)
        {
            Console.Out.WriteLine($"{Bold}{scene.Model}{Plain}: {model.Card.Task}, {scene.Caption}");
            Console.Out.WriteLine($"  {Grey}$ {scene.Command}{Plain}");
            return;
        }
        Console.Out.WriteLine($"{scene.Model}: {model.Card.Task}, {scene.Caption}");
        Console.Out.WriteLine($"  $ {scene.Command}");
    }
}
