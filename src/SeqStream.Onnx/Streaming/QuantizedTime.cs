using SeqStream.Plan;

namespace SeqStream.Onnx.Streaming;

/// <summary>Time in operators on quantised values.</summary>
internal static class QuantizedTime
{
    /// <summary>Local unless the sums of the product run over time.</summary>
    public static void MatMul(TimeQuestion question) => Product(question, 0, 1);

    /// <summary>Local unless the sums of the product run over time, or a scale or zero point changes with it.</summary>
    public static void Product(TimeQuestion question, int left, int right)
    {
        Others(question, left, right);
        question.NotAlong(left, question.Shape(left).Rank - 1, "the sum of the product");
        question.NotAlong(right, Math.Max(question.Shape(right).Rank - 2, 0), "the sum of the product");
    }

    /// <summary>Local unless the sums of the product run over time.</summary>
    public static void Gemm(TimeQuestion question)
    {
        Others(question, 0, 3);
        question.NotAlong(0, question.Int("transA", 0) != 0 ? 0 : 1, "the sum of the product");
        question.NotAlong(3, question.Int("transB", 0) != 0 ? 1 : 0, "the sum of the product");
    }

    /// <summary>Local unless the sums of the product run over time.</summary>
    public static void FusedMatMul(TimeQuestion question)
    {
        int left = question.Shape(0).Rank, right = question.Shape(1).Rank;
        question.NotAlong(0, question.Int("transA", 0) != 0 ? left - 2 : left - 1, "the sum of the product");
        question.NotAlong(1, question.Int("transB", 0) != 0 ? right - 1 : Math.Max(right - 2, 0), "the sum of the product");
    }

    /// <summary>Local if time is the batch axis.</summary>
    public static void Convolution(TimeQuestion question)
    {
        Others(question, 0, 0);
        for (int axis = 1; axis < question.Shape(0).Rank; axis++) question.NotAlong(0, axis, "the window");
    }

    /// <summary>Not local: the range from the least to the greatest element is taken over all steps.</summary>
    public static void Range(TimeQuestion question)
    {
        if (question.IsStreaming(0)) throw question.Refuse("it takes the range of its input over the whole of the stream's time, so a step would need steps that have not come yet", "Quantise the model statically, or export it as a step model with state inputs and outputs");
    }

    private static void Others(TimeQuestion question, int left, int right)
    {
        foreach (int input in question.Streaming)
        {
            if (input != left && input != right) throw question.Refuse($"its input {input}, a scale, zero point or bias, changes with the stream's time", TimeQuestion.WholeSequence);
        }
    }
}
