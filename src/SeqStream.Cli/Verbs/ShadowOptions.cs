using System.CommandLine;
using SeqStream.Cli.Running;
using SeqStream.Hosting.Catalog;

namespace SeqStream.Cli.Verbs;

/// <summary>A second model beside the one that answers, on the same feed.</summary>
internal sealed class ShadowOptions
{
    private readonly Option<string?> _shadow = new("--shadow") { Description = "A second model with the same inputs that gets the same records; how far its answers agree is told at the end.", HelpName = "MODEL" };
    private readonly Option<string?> _sink = new("--shadow-sink") { Description = "Write the second model's emissions to this file as JSON Lines instead of comparing them.", HelpName = "FILE" };

    /// <summary>Adds them to a verb.</summary>
    public void AddTo(Command verb)
    {
        verb.Options.Add(_shadow);
        verb.Options.Add(_sink);
    }

    /// <summary>Loads the second model; null if none is named.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="load">How models are loaded.</param>
    /// <param name="model">The model that answers.</param>
    /// <param name="isKept">True if its streams are kept.</param>
    /// <exception cref="UsageException">An option makes no sense.</exception>
    public ShadowRun? Open(ParseResult parsed, ModelLoadOptions load, LoadedModel model, bool isKept)
    {
        string? file = parsed.GetValue(_sink);
        if (parsed.GetValue(_shadow) is not { } name) return file is null ? null : throw new UsageException($"{_sink.Name} means nothing without {_shadow.Name}. Name a model, or leave {_sink.Name} out.");
        if (isKept) throw new UsageException($"{_shadow.Name} begins without memory, and would be compared with streams that --state-dir goes on with. Leave one of the two out.");
        LoadedModel shadow = ModelLoader.Load(ModelCatalog.Find().Resolve(name), load);
        string takes = string.Join(", ", model.Stages.Signature.Inputs), needs = string.Join(", ", shadow.Stages.Signature.Inputs);
        if (takes == needs) return new ShadowRun(shadow, file is null ? null : Endpoint.OpenOutput(file));
        shadow.Dispose();
        throw new UsageException($"{_shadow.Name} '{name}' takes {needs}; the records are for '{model.Card.Name}', which takes {takes}. Name a model with the same inputs.");
    }
}
