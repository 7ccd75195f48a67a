using SeqStream.Hosting.Catalog;
using SeqStream.Onnx.Lowering;
using SeqStream.Plan;
using SeqStream.TestSupport;

namespace SeqStream.Hosting.Tests.Catalog;

public sealed class LoadedModelTests
{
    /// <summary>A convolution of three frames: padded before the first frame only, or on both sides.</summary>
    private static LoadedModel Load(int before, int after)
    {
        OnnxModelWriter model = new();
        model.Graph.Input("x", ElementType.Float32, 1, 2, "time").Initializer("w", [1, 2, 3], 1, 2, 3, 4, 5, 6)
            .Node("Conv", ["x", "w"], ["y"], ("pads", new[] { before, after }))
            .Output("y", ElementType.Float32, 1, 1, "time");
        string path = Path.Combine(Directory.CreateTempSubdirectory("seqstream").FullName, "window.onnx");
        File.WriteAllBytes(path, model.ToBytes());
        try
        {
            return ModelLoader.Load(ModelCatalog.Find().Resolve(path), new ModelLoadOptions { Executor = ExecutorKind.Native });
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }

    [Fact]
    public void A_model_that_answers_every_frame_at_once_has_stages()
    {
        using LoadedModel model = Load(before: 2, after: 0);
        Assert.NotNull(model.Stages.CreateFrontEnd());
    }

    [Fact]
    public void A_model_that_answers_every_frame_at_once_has_no_timing()
    {
        using LoadedModel model = Load(before: 2, after: 0);
        Assert.Null(model.Timing);
        Assert.Same(model.Signature, model.FrameSignature);
    }

    [Fact]
    public void A_model_whose_answers_lag_says_by_how_much()
    {
        using LoadedModel model = Load(before: 1, after: 1);
        Assert.NotNull(model.Stages.Timing);
        Assert.Equal(1, model.Stages.Timing.Outputs[0].Delay);
        Assert.Equal([2], model.Stages.Timing.InputAxes);
    }
}
