using SeqStream.Plan;

namespace SeqStream.Onnx.Streaming;

/// <summary>Time in operators that sum, compare or normalise along axes.</summary>
internal static class ReductionTime
{
    private const int AxesByInputOpset = 18;
    private const int SumAxesByInputOpset = 13;
    private const int OneAxisOpset = 13;

    /// <summary>Local unless an axis that is reduced is time.</summary>
    public static void Reduce(TimeQuestion question)
    {
        int rank = question.Shape(0).Rank;
        bool byInput = question.Opset >= (question.Node.Operator == "ReduceSum" ? SumAxesByInputOpset : AxesByInputOpset);
        int[]? axes = question.Axes(byInput ? 1 : int.MaxValue, rank);
        if (axes is null or []) axes = question.Int("noop_with_empty_axes", 0) != 0 ? [] : [.. Enumerable.Range(0, rank)];
        foreach (int axis in axes) question.NotAlong(0, axis, "the reduction");
    }

    /// <summary>Local unless the maximum is sought along time.</summary>
    public static void ArgMax(TimeQuestion question) => question.NotAlong(0, question.Axis("axis", 0, question.Shape(0).Rank), "the search");

    /// <summary>Local unless the one axis it works on is time.</summary>
    public static void OneAxis(TimeQuestion question) => question.NotAlong(0, question.Axis("axis", -1, question.Shape(0).Rank), "it");

    /// <summary>Local unless it normalises along time; before opset 13 all axes from the given one on are normalised together.</summary>
    public static void Softmax(TimeQuestion question)
    {
        if (question.Opset >= OneAxisOpset) question.NotAlong(0, question.Axis("axis", -1, question.Shape(0).Rank), "the normalisation");
        else From(question, question.Axis("axis", 1, question.Shape(0).Rank));
    }

    /// <summary>Local unless time is among the axes from the given one on.</summary>
    public static void FromAxisOn(TimeQuestion question) => From(question, question.Axis("axis", -1, question.Shape(0).Rank));

    /// <summary>Local: its statistics are constants, one for each channel.</summary>
    public static void BatchNormalization(TimeQuestion question)
    {
        question.NotAlong(0, 1, "the list of channels");
        if (question.Int("training_mode", 0) != 0) throw question.OverTime("the statistics in training mode");
    }

    /// <summary>Local if time is the batch axis: the statistics are taken over all axes after the channels.</summary>
    public static void InstanceNormalization(TimeQuestion question) => From(question, 1);

    /// <summary>Local unless it sums along time.</summary>
    public static void CumSum(TimeQuestion question)
    {
        TensorShape shape = question.Shape(0);
        long axis = question.Constant(1)[0];
        question.NotAlong(0, (int)(axis < 0 ? axis + shape.Rank : axis), "the running sum");
    }

    private static void From(TimeQuestion question, int first)
    {
        for (int axis = first; axis < question.Shape(0).Rank; axis++) question.NotAlong(0, axis, "the normalisation");
    }
}
