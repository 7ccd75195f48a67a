using SeqStream.Hosting.Catalog;
using SeqStream.Plan;
using SeqStream.TestSupport;

namespace SeqStream.Hosting.Tests.Evaluation;

/// <summary>Models for evaluations, written to a folder that is removed afterwards, whose answers are known: each score is one of the features.</summary>
internal sealed class LabelledModelFolder : IDisposable
{
    /// <summary>Where the model is, and where data may be put.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("seqstream-eval-").FullName;

    /// <summary>A model with as many scores as <paramref name="shown"/>: score i is feature <paramref name="shown"/>[i], times 9.</summary>
    public LoadedModel Load(int features, int[] shown, string card)
    {
        float[] matrix = new float[features * shown.Length];
        for (int i = 0; i < shown.Length; i++) matrix[(shown[i] * shown.Length) + i] = 9;
        OnnxModelWriter model = new();
        model.Graph.Input("x", ElementType.Float32, "batch", features).Initializer("shown", [features, shown.Length], matrix)
            .Node("MatMul", ["x", "shown"], ["y"]).Output("y", ElementType.Float32, "batch", shown.Length);
        File.WriteAllBytes(System.IO.Path.Combine(Path, "model.onnx"), model.ToBytes());
        File.WriteAllText(System.IO.Path.Combine(Path, "card.json"), card);
        return ModelLoader.Load(ModelCatalog.Find(Path).Resolve(Path));
    }

    /// <summary>Writes a file of data and answers its path.</summary>
    public string Write(string name, string text)
    {
        string path = System.IO.Path.Combine(Path, name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Path, recursive: true);
}
