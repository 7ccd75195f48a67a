using System.Collections.Immutable;
using SeqStream.Onnx.Reading;

namespace SeqStream.Onnx.Streaming;

/// <summary>Time in products and sliding windows.</summary>
internal static class ProductTime
{
    /// <summary>Local unless the sums of the product run over time.</summary>
    public static void MatMul(TimeQuestion question)
    {
        question.NotAlong(0, question.Shape(0).Rank - 1, "the sum of the product");
        question.NotAlong(1, Math.Max(question.Shape(1).Rank - 2, 0), "the sum of the product");
    }

    /// <summary>Local unless the sums of the product run over time.</summary>
    public static void Gemm(TimeQuestion question)
    {
        question.NotAlong(0, question.Int("transA", 0) != 0 ? 0 : 1, "the sum of the product");
        question.NotAlong(1, question.Int("transB", 0) != 0 ? 1 : 0, "the sum of the product");
    }

    /// <summary>Local if time is the batch axis, or an axis that the window covers one element at a time.</summary>
    public static void Window(TimeQuestion question)
    {
        foreach (int input in question.Streaming)
        {
            int axis = question.Facts[input].Axis;
            if (input != 0 || axis == 1) throw question.OverTime("the window");
            if (axis == 0) continue;
            int spatial = axis - 2, axes = question.Shape(0).Rank - 2;
            ImmutableArray<long> kernel = Ints(question, "kernel_shape"), strides = Ints(question, "strides"), pads = Ints(question, "pads");
            long size = kernel.IsEmpty ? question.Has(1) ? question.Shape(1)[axis] : 0 : kernel[spatial];
            bool isPointwise = size == 1 && (strides.IsEmpty || strides[spatial] == 1) && (pads.IsEmpty || (pads[spatial] == 0 && pads[spatial + axes] == 0));
            if (!isPointwise) throw question.Refuse($"its window of {size} steps runs along the stream's time, more than one step of input holds", TimeQuestion.WholeSequence);
        }
    }

    /// <summary>Local if time is the batch axis.</summary>
    public static void Frames(TimeQuestion question)
    {
        foreach (int input in question.Streaming)
        {
            if (input != 0 || question.Facts[input].Axis != 0) throw question.OverTime("the window");
        }
    }

    private static ImmutableArray<long> Ints(TimeQuestion question, string name) => question.Node.Attributes.TryGetValue(name, out OnnxAttribute? attribute) ? attribute.Ints : [];
}
