using SeqStream.Cells;
using SeqStream.Kernels.Small;
using SeqStream.Plan;
using SeqStream.Weights;

namespace SeqStream.Operators;

/// <summary>What recurrent nodes say of themselves, and the checks they share.</summary>
internal static class RecurrentNames
{
    private const int Alignment = 64;

    /// <summary>ONNX's name of a cell.</summary>
    public static string OperatorOf(CellWeights weights) => weights.Kind switch { CellKind.Rnn => "RNN", CellKind.Gru => "GRU", _ => "LSTM" };

    /// <summary>Multiplications and additions of one step.</summary>
    public static long OperationsOf(CellWeights weights) => 2L * weights.Gates * weights.HiddenSize * (weights.InputSize + weights.HiddenSize);

    /// <summary>The options that differ from the defaults.</summary>
    public static string Describe(CellWeights weights, CellOptions options)
    {
        List<string> parts = [$"input={weights.InputSize} hidden={weights.HiddenSize}"];
        if (!options.Activations.IsEmpty) parts.Add($"activations={string.Join('+', options.Activations.Select(static a => FormattableString.Invariant($"{a.Kind}({a.Alpha},{a.Beta})")))}");
        if (options.Clip != 0) parts.Add(FormattableString.Invariant($"clip={options.Clip}"));
        if (options.InputForget) parts.Add("input_forget=1");
        if (options.LinearBeforeReset) parts.Add("linear_before_reset=1");
        if (weights.Form != WeightForm.Float32) parts.Add($"weights={weights.Form.ShortName()}{(SmallRule.Runs(weights, options) ? "" : " computed=f32")}");
        return string.Join(' ', parts);
    }

    /// <summary>True if the products are integer.</summary>
    public static bool RoundsActivations(CellWeights weights, CellOptions options) => weights.Form.IsInteger() && SmallRule.Runs(weights, options);

    /// <summary>Refuses a wire of another type or size.</summary>
    public static void Expect(string node, Wire? wire, int elements)
    {
        if (wire is not null && (wire.Type != ElementType.Float32 || wire.Shape.ElementCount != elements)) throw new ArgumentException($"Node '{node}': expected {elements} float32 elements, found {wire}.");
    }

    /// <summary>The next multiple of 64 bytes.</summary>
    public static nint RoundUp(nint bytes) => (bytes + Alignment - 1) / Alignment * Alignment;
}
