using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using SeqStream.Hosting.Catalog;
using SeqStream.Onnx.Lowering;
using SeqStream.Ort.Stepping;
using SeqStream.Weights;

namespace SeqStream.Cli.Verbs;

/// <summary>The model of a verb and who executes it.</summary>
internal sealed class ModelOptions
{
    private readonly Argument<string> _model = new("MODEL") { Description = "A name that 'seqstream models' lists, a model folder, or an .onnx file." };
    private readonly Option<string?> _executor = new("--executor") { Description = "Who executes steps: native or onnxruntime. Without it: native where it can.", HelpName = "native|onnxruntime" };
    private readonly Option<string> _device = new("--device") { Description = "Where onnxruntime executes: cpu, or a provider such as cuda.", DefaultValueFactory = static _ => "cpu", HelpName = "DEVICE" };
    private readonly Option<int> _threads = new("--threads") { Description = "Shards, each one thread that owns some of the streams.", DefaultValueFactory = static _ => 1, HelpName = "N" };

    private readonly Option<string[]> _dimensions = new("--dim") { Description = "Size of a dimension that the file leaves open, by its symbol or place, such as input[1]=576.", AllowMultipleArgumentsPerToken = true, HelpName = "NAME=SIZE..." };
    private readonly Option<string[]> _constants = new("--const") { Description = "Value of an integer input that is the same at every step, such as sr=16000.", AllowMultipleArgumentsPerToken = true, HelpName = "NAME=VALUE..." };

    private readonly Option<int?> _lookAhead = new("--lookahead") { Description = "Frames that each layer in reverse or both directions may look ahead; its numbers are then near those of the whole sequence. Without it such models are refused.", HelpName = "FRAMES" };

    private readonly Option<int?> _window = new("--window") { Description = "The last resort for whole-sequence models that cannot be compiled into steps: run the newest FRAMES anew at every step. Approximate, and as many times dearer.", HelpName = "FRAMES" };

    private readonly Option<string[]> _weights;

    /// <summary>Creates them.</summary>
    /// <param name="comparesWeights">True for verbs that take several weight forms and show each beside float32.</param>
    public ModelOptions(bool comparesWeights = false)
    {
        string names = string.Join('|', WeightForms.Names);
        _weights = new("--weights")
        {
            Description = comparesWeights ? "Weight forms to show beside float32." : "Form to which the native executor rounds weight matrices; f32 for those of the file. Without it: what the card recommends, else as the file has them.",
            AllowMultipleArgumentsPerToken = comparesWeights,
            HelpName = comparesWeights ? names + "..." : names,
        };
        _weights.Validators.Add(result =>
        {
            foreach (System.CommandLine.Parsing.Token token in result.Tokens)
            {
                if (!WeightForms.TryParse(token.Value, out _)) result.AddError($"--weights is '{token.Value}'.{NearestName.Hint(token.Value, WeightForms.Names)} Expected {string.Join(", ", WeightForms.Names)}.");
            }
            if (!comparesWeights && result.Tokens.Count > 1) result.AddError("--weights is there more than once; expected one form.");
        });
    }

    /// <summary>Adds them to a verb that executes the model.</summary>
    public void AddTo(Command verb)
    {
        AddModelTo(verb);
        _executor.AcceptOnlyFromAmong("native", "onnxruntime");
        _threads.Validators.Add(static result =>
        {
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out int threads) && threads is < 1 or > 256) result.AddError($"--threads is {threads}; expected 1 to 256.");
        });
        _window.Validators.Add(static result =>
        {
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out int frames) && frames is < 1 or > WindowModel.MostFrames)
                result.AddError(string.Create(CultureInfo.InvariantCulture, $"--window is {frames}; expected 1 to {WindowModel.MostFrames} frames."));
        });
        verb.Options.Add(_window);
        verb.Options.Add(_executor);
        verb.Options.Add(_device);
        verb.Options.Add(_threads);
    }

    /// <summary>Adds the model and what its file leaves open to a verb that does not execute it.</summary>
    public void AddModelTo(Command verb)
    {
        _model.Validators.Add(result =>
        {
            string model = result.Tokens.Count > 0 ? result.Tokens[0].Value : "";
            if (model.StartsWith('-')) result.AddError($"There is no option '{model}'.{NearestName.Hint(model, verb.Options.Select(static option => option.Name))}");
        });
        verb.Arguments.Add(_model);
        verb.Options.Add(_dimensions);
        verb.Options.Add(_constants);
        _lookAhead.Validators.Add(static result =>
        {
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out int frames) && frames is < 0 or > LoweringOptions.MostLookAhead)
                result.AddError(string.Create(CultureInfo.InvariantCulture, $"--lookahead is {frames}; expected 0 to {LoweringOptions.MostLookAhead} frames."));
        });
        verb.Options.Add(_lookAhead);
        verb.Options.Add(_weights);
    }

    /// <summary>Weight forms asked for, each once; empty for none.</summary>
    public ImmutableArray<WeightForm> Weights(ParseResult parsed)
        => [.. (parsed.GetValue(_weights) ?? []).Select(static name => WeightForms.TryParse(name, out WeightForm form) ? form : WeightForm.Float32).Distinct()];

    /// <summary>The model as it was called.</summary>
    public string Model(ParseResult parsed) => parsed.GetRequiredValue(_model);

    /// <summary>Threads asked for.</summary>
    public int Threads(ParseResult parsed) => parsed.GetValue(_threads);

    /// <summary>Executor and device asked for.</summary>
    public ModelLoadOptions LoadOptions(ParseResult parsed) => new()
    {
        Device = parsed.GetValue(_device)!,
        Dimensions = Settings(parsed, _dimensions, 1, int.MaxValue).ToImmutableDictionary(static setting => setting.Name, static setting => (int)setting.Value),
        Constants = Settings(parsed, _constants, long.MinValue, long.MaxValue).ToImmutableDictionary(static setting => setting.Name, static setting => setting.Value),
        Window = parsed.GetValue(_window),
        LookAhead = parsed.GetValue(_lookAhead),
        Weights = Weights(parsed) is [{ } form, ..] ? form : null,
        Executor = parsed.GetValue(_executor) switch { "native" => ExecutorKind.Native, "onnxruntime" => ExecutorKind.OnnxRuntime, _ => ExecutorKind.Choose },
    };

    /// <summary>Finds the model.</summary>
    public ModelReference Resolve(ParseResult parsed) => ModelCatalog.Find().Resolve(Model(parsed));

    /// <summary>Finds and loads the model.</summary>
    public LoadedModel Load(ParseResult parsed) => ModelLoader.Load(Resolve(parsed), LoadOptions(parsed));

    private static IEnumerable<(string Name, long Value)> Settings(ParseResult parsed, Option<string[]> option, long least, long greatest)
    {
        foreach (string text in parsed.GetValue(option) ?? [])
        {
            int equals = text.LastIndexOf('=');
            if (equals < 1 || !long.TryParse(text.AsSpan(equals + 1), CultureInfo.InvariantCulture, out long value) || value < least || value > greatest)
                throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"{option.Name} is '{text}': expected {option.HelpName} with a whole number from {least} to {greatest}."));
            yield return (text[..equals], value);
        }
    }
}
