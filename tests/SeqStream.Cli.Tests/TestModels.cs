using SeqStream.Plan;
using SeqStream.TestSupport;

namespace SeqStream.Cli.Tests;

/// <summary>Tiny models on disk, made once.</summary>
internal static class TestModels
{
    private static readonly string s_folder = Directory.CreateTempSubdirectory("seqstream-models-").FullName;

    /// <summary>Adds its two inputs to its state and answers the sum: the cheapest model that remembers.</summary>
    public static string Null { get; } = Write("null", SumModel("Add", ElementType.Float32));

    /// <summary>The same with a node that nobody knows.</summary>
    public static string UnknownOperator { get; } = Write("unknown", SumModel("Frobnicate", ElementType.Float32));

    /// <summary>The same with an input type that cannot be stepped on.</summary>
    public static string WrongType { get; } = Write("wrong-type", SumModel("Add", ElementType.Float16));

    /// <summary>Answers each number plus half of the one before and a quarter of the one after: it lags by a frame.</summary>
    public static string Late { get; } = Write("late", WindowModel(before: 1, after: 1));

    /// <summary>The same without padding: its shortest stream has three frames.</summary>
    public static string Unpadded { get; } = Write("unpadded", WindowModel(before: 0, after: 0));

    /// <summary>Runs backwards along the sequence, and takes the maximum over it.</summary>
    public static string Backward { get; } = Write("backward", BackwardModel());

    /// <summary>Answers its 160 inputs as they are, and remembers their sum.</summary>
    public static string Echo { get; } = Write("echo", EchoModel(rateHz: null));

    /// <summary>The same, and its metadata say that it wants 8000 samples a second.</summary>
    public static string EchoAt8000 { get; } = Write("echo-8000", EchoModel(rateHz: 8000));

    /// <summary>Adds the mean of its 1600 inputs to its state and answers it: much input, little output.</summary>
    public static string Level { get; } = Write("level", LevelModel());

    /// <summary>Has a state whose next value may be either of two outputs.</summary>
    public static string TwoCandidates { get; } = Write("two-candidates", TwoCandidatesModel());

    /// <summary>The first half of a model.</summary>
    public static string Truncated { get; } = Write("truncated", SumModel("Add", ElementType.Float32)[..60]);

    /// <summary>Answers the product of all its inputs, with the state of <see cref="Null"/>.</summary>
    public static string Product { get; } = Write("product", SumModel("Mul", ElementType.Float32));

    /// <summary>A path without a file.</summary>
    public static string Absent { get; } = Path.Combine(s_folder, "nul.onnx");

    private static byte[] SumModel(string @operator, ElementType inputType)
    {
        OnnxModelWriter model = new();
        model.Graph.Input("x", inputType, "batch", 2).Input("s0", ElementType.Float32, "batch", 2)
            .Node(@operator, ["x", "s0"], ["y"]).Node("Identity", ["y"], ["s1"])
            .Output("y", ElementType.Float32, "batch", 2).Output("s1", ElementType.Float32, "batch", 2);
        return model.ToBytes();
    }

    private static byte[] EchoModel(int? rateHz)
    {
        OnnxModelWriter model = new();
        if (rateHz is { } rate) model.Metadata("sample_rate", FormattableString.Invariant($"{rate}"));
        model.Graph.Input("x", ElementType.Float32, 1, 160).Input("s0", ElementType.Float32, 1, 160)
            .Node("Identity", ["x"], ["y"]).Node("Add", ["x", "s0"], ["s1"])
            .Output("y", ElementType.Float32, 1, 160).Output("s1", ElementType.Float32, 1, 160);
        return model.ToBytes();
    }

    private static byte[] LevelModel()
    {
        const int Width = 1600;
        OnnxModelWriter model = new();
        model.Graph.Input("x", ElementType.Float32, 1, Width).Input("s0", ElementType.Float32, 1, 1).Initializer("w", [Width, 1], [.. Enumerable.Repeat(1f / Width, Width)])
            .Node("MatMul", ["x", "w"], ["m"]).Node("Add", ["m", "s0"], ["y"]).Node("Identity", ["y"], ["s1"])
            .Output("y", ElementType.Float32, 1, 1).Output("s1", ElementType.Float32, 1, 1);
        return model.ToBytes();
    }

    private static byte[] TwoCandidatesModel()
    {
        OnnxModelWriter model = new();
        model.Graph.Input("x", ElementType.Float32, 1, 3).Input("memory", ElementType.Float32, 1, 2).Initializer("w", [3, 2], 1, 2, 3, 4, 5, 6)
            .Node("MatMul", ["x", "w"], ["p"]).Node("Add", ["p", "memory"], ["first"]).Node("Mul", ["p", "memory"], ["second"]).Node("Identity", ["x"], ["y"])
            .Output("y", ElementType.Float32, 1, 3).Output("first", ElementType.Float32, 1, 2).Output("second", ElementType.Float32, 1, 2);
        return model.ToBytes();
    }

    private static byte[] WindowModel(int before, int after)
    {
        OnnxModelWriter model = new();
        model.Graph.Input("x", ElementType.Float32, 1, 1, "time").Initializer("w", [1, 1, 3], 0.5f, 1, 0.25f)
            .NamedNode("window", "", "Conv", ["x", "w"], ["c"], ("pads", new[] { before, after })).NamedNode("copy", "", "Identity", ["c"], ["y"])
            .Output("y");
        return model.ToBytes();
    }

    private static byte[] BackwardModel()
    {
        OnnxModelWriter model = new();
        model.Graph.Input("x", ElementType.Float32, "time", 1, 2).Initializer("w", [1, 2, 2], 1, 0, 0, 1).Initializer("r", [1, 2, 2], 1, 0, 0, 1)
            .NamedNode("back", "", "RNN", ["x", "w", "r"], ["h"], ("hidden_size", 2), ("direction", "reverse")).Output("h")
            .NamedNode("most", "", "ReduceMax", ["x"], ["m"], ("axes", new[] { 0 })).Output("m");
        return model.ToBytes();
    }

    private static string Write(string name, byte[] bytes)
    {
        string path = Path.Combine(s_folder, name + ".onnx");
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
