using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Plan;
using SeqStream.TestSupport;

namespace SeqStream.Onnx.Tests.Lowering;

/// <summary>Graphs as exporters write them, with random weights.</summary>
internal static class TestGraphs
{
    public static OnnxModel Build(Action<OnnxGraphWriter> build, long opset = 17, Action<OnnxModelWriter>? more = null)
    {
        OnnxModelWriter writer = new(opset);
        build(writer.Graph);
        more?.Invoke(writer);
        return OnnxModel.Parse(writer.ToBytes(), "test.onnx");
    }

    /// <summary>Adds the weights of a recurrent node as initializers <c>name.W</c>, <c>name.R</c>, <c>name.B</c>.</summary>
    public static OnnxGraphWriter Weights(this OnnxGraphWriter graph, string name, int gates, int input, int hidden, int directions = 1)
        => graph.Random(name + ".W", directions, gates * hidden, input).Random(name + ".R", directions, gates * hidden, hidden).Random(name + ".B", directions, 2 * gates * hidden);

    /// <summary>Adds a random initializer.</summary>
    public static OnnxGraphWriter Random(this OnnxGraphWriter graph, string name, params long[] dimensions)
    {
        Random random = new(name.Aggregate(17, static (seed, letter) => (seed * 31) + letter));
        long count = dimensions.Aggregate(1L, static (product, size) => product * size);
        return graph.Initializer(name, dimensions, [.. Enumerable.Range(0, (int)count).Select(_ => (random.NextSingle() * 2) - 1)]);
    }

    /// <summary>A recurrent node that uses those weights; an empty initial state name means zeros.</summary>
    public static OnnxGraphWriter Recurrent(this OnnxGraphWriter graph, string name, string @operator, string x, string[] initial, string[] outputs, params ReadOnlySpan<SeqStream.TestSupport.OnnxAttribute> attributes)
        => graph.NamedNode(name, "", @operator, [x, name + ".W", name + ".R", name + ".B", "", .. initial], outputs, attributes);

    /// <summary>Lowers and expects a plan.</summary>
    public static LoweringResult Lowered(OnnxModel model, LoweringOptions? options = null)
    {
        LoweringResult result = OnnxLowering.Lower(model, options);
        Assert.NotNull(result.PlanOrThrow());
        return result;
    }

    /// <summary>Lowers and expects a refusal; answers its blockers.</summary>
    public static Blocker[] Refused(OnnxModel model, LoweringOptions? options = null)
    {
        LoweringResult result = OnnxLowering.Lower(model, options);
        Assert.Null(result.Plan);
        Assert.NotEmpty(result.Blockers);
        return [.. result.Blockers];
    }
}
