using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Onnx.Writing;
using SeqStream.TestSupport;

namespace SeqStream.Oracles;

/// <summary>Written step models as files: ONNX's own checker has nothing against them, and the decomposed form has no recurrent operators.</summary>
public sealed class WrittenFileTests
{
    private const int Problems = 40;

    [Fact]
    public void Written_models_pass_the_checker_of_onnx()
    {
        string python = OnnxChecker.Require();
        string folder = Directory.CreateTempSubdirectory("seqstream-written-").FullName;
        try
        {
            foreach ((string name, LoweringResult lowering) in Models())
            {
                foreach ((int form, StepModelOptions options) in WrittenModel.Forms.Index()) File.WriteAllBytes(Path.Combine(folder, $"{name} {form}.onnx"), StepModelWriter.Write(lowering, options).Bytes);
            }
            string[] files = Directory.GetFiles(folder);
            Assert.True(files.Length >= 2 * Problems * WrittenModel.Forms.Length, $"Only {files.Length} models were checked.");
            Assert.Equal("", OnnxChecker.Check(python, files));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Decomposed_models_have_no_recurrent_operators()
    {
        int recurrent = 0;
        foreach ((string name, LoweringResult lowering) in Models())
        {
            recurrent += Recurrent(StepModelWriter.Write(lowering)).Count();
            Assert.Empty(Recurrent(StepModelWriter.Write(lowering, new StepModelOptions { Decompose = true })));
            Assert.Empty(Recurrent(StepModelWriter.Write(lowering, new StepModelOptions { Decompose = true, Streams = null })));
        }
        Assert.True(recurrent > Problems, $"The models have only {recurrent} recurrent operators.");
    }

    private static IEnumerable<string> Recurrent(StepModelFile file)
        => OnnxModel.Parse(file.Bytes, "written").Graph.Nodes.Select(static node => node.Operator).Where(static name => name is "RNN" or "GRU" or "LSTM");

    /// <summary>Random models, the bundled ones and, where they are there, the published ones.</summary>
    private static IEnumerable<(string Name, LoweringResult Lowering)> Models()
    {
        for (int seed = 0; seed < Problems; seed++)
        {
            yield return ($"stream {seed}", OnnxLowering.Lower(OnnxModel.Parse(new StreamProblem(seed).ModelBytes, "stream")));
            yield return ($"sequence {seed}", OnnxLowering.Lower(OnnxModel.Parse(new SequenceProblem(seed).ModelBytes, "sequence")));
        }
        foreach (string name in new[] { "activity", "names", "ner" }) yield return (name, OnnxLowering.Lower(OnnxModel.Load(Path.Combine(SharedFolder.Repository, "models", name, "model.onnx"))));
        if (!Directory.Exists(Path.Combine(SharedFolder.Repository, "..", "shared"))) yield break;
        foreach (string name in new[] { "silero_vad", "silero_vad_16k_op15", "silero_vad_op18_ifless" }) yield return (name, PublishedModels.Voice(name));
        foreach (string name in new[] { "model_1", "model_2" }) yield return (name, PublishedModels.NoiseSuppression(name));
    }
}
