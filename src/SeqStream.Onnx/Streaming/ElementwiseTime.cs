namespace SeqStream.Onnx.Streaming;

/// <summary>Time in operators that work element by element.</summary>
internal static class ElementwiseTime
{
    /// <summary>Local if all time axes meet in one axis of the result: broadcasting aligns axes from the end.</summary>
    public static void Elementwise(TimeQuestion question)
    {
        int rank = question.Outputs[0]!.Short.Shape.Rank;
        foreach (int input in question.Streaming)
        {
            if (TimeLocality.IsShapeArgument(question.Node, input)) continue;
            int axis = question.Facts[input].Axis + rank - question.Shape(input).Rank;
            if (axis != question.OutputAxis) throw question.Refuse($"time is axis {question.Facts[input].Axis} of '{question.Inputs[input]!.Short.Name}', which does not meet the time axes of its other inputs", TimeQuestion.WholeSequence);
        }
    }
}
