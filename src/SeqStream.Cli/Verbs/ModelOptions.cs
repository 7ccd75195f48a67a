using System.CommandLine;
using SeqStream.Hosting.Catalog;

namespace SeqStream.Cli.Verbs;

/// <summary>The model of a verb and who executes it.</summary>
internal sealed class ModelOptions
{
    private readonly Argument<string> _model = new("MODEL") { Description = "A name that 'seqstream models' lists, a model folder, or an .onnx file." };
    private readonly Option<string?> _executor = new("--executor") { Description = "Who executes steps: native or onnxruntime. Without it: native where it can.", HelpName = "native|onnxruntime" };
    private readonly Option<string> _device = new("--device") { Description = "Where onnxruntime executes: cpu, or a provider such as cuda.", DefaultValueFactory = static _ => "cpu", HelpName = "DEVICE" };
    private readonly Option<int> _threads = new("--threads") { Description = "Shards, each one thread that owns some of the streams.", DefaultValueFactory = static _ => 1, HelpName = "N" };

    /// <summary>Adds them to a verb.</summary>
    public void AddTo(Command verb)
    {
        _model.Validators.Add(result =>
        {
            string model = result.Tokens.Count > 0 ? result.Tokens[0].Value : "";
            if (model.StartsWith('-')) result.AddError($"There is no option '{model}'.{NearestName.Hint(model, verb.Options.Select(static option => option.Name))}");
        });
        _executor.AcceptOnlyFromAmong("native", "onnxruntime");
        _threads.Validators.Add(static result =>
        {
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out int threads) && threads is < 1 or > 256) result.AddError($"--threads is {threads}; expected 1 to 256.");
        });
        verb.Arguments.Add(_model);
        verb.Options.Add(_executor);
        verb.Options.Add(_device);
        verb.Options.Add(_threads);
    }

    /// <summary>The model as it was called.</summary>
    public string Model(ParseResult parsed) => parsed.GetRequiredValue(_model);

    /// <summary>Threads asked for.</summary>
    public int Threads(ParseResult parsed) => parsed.GetValue(_threads);

    /// <summary>Executor and device asked for.</summary>
    public ModelLoadOptions LoadOptions(ParseResult parsed) => new()
    {
        Device = parsed.GetValue(_device)!,
        Executor = parsed.GetValue(_executor) switch { "native" => ExecutorKind.Native, "onnxruntime" => ExecutorKind.OnnxRuntime, _ => ExecutorKind.Choose },
    };

    /// <summary>Finds and loads the model.</summary>
    public LoadedModel Load(ParseResult parsed) => ModelLoader.Load(ModelCatalog.Find().Resolve(Model(parsed)), LoadOptions(parsed));
}
