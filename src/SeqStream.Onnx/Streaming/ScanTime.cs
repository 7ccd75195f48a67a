using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Lowering.Control;

namespace SeqStream.Onnx.Streaming;

/// <summary>Time in operators with nested graphs.</summary>
internal static class ScanTime
{
    /// <summary>Why a Loop that reads nothing of the stream may not make one trip for each of its frames.</summary>
    public const string Trips = "its number of trips is computed from the length of the stream, which a stream does not have before it ends";

    private const string Backward = "it runs from the end of the stream to its beginning, so it cannot run step by step";

    /// <summary>A Scan or Loop whose trips are the stream's steps keeps its states from step to step; its final states belong to the last step.</summary>
    public static void Scan(TimeQuestion question)
    {
        if (!question.Streaming.Any())
        {
            if (question.Node.Operator == "Loop" && question.Has(0) && !(question.Inputs[0]!.IsConstant && question.Inputs[0]!.IsSameEverywhere())) throw question.Refuse(Trips, TimeQuestion.WholeSequence);
            return;
        }
        ScanForm form = ScanForm.Read(new NodeContext(question.Node, question.Opset, [.. question.Inputs.Select(static probe => probe?.Short)]));
        foreach (int input in question.Streaming)
        {
            if (Refusal(question.Node.Operator, form, input, question.Facts[input].Axis, question.Inputs[input]!.Short.Name) is { } reason) throw question.Refuse(reason, RemedyOf(reason));
        }
        if (form.Condition >= 0) throw question.Refuse("its condition is computed while it runs, so a stream could end before it does", "Export the loop with a fixed number of trips");
        foreach (ScanFormState state in form.States)
        {
            if (state.Input < 0) continue;
            Probe initial = question.Inputs[state.Input]!;
            bool starts = question.Facts[state.Input].Kind == TimeKind.Initial || (initial.IsConstant && question.Facts[state.Input].Kind == TimeKind.Fixed);
            if (!starts) throw question.Refuse($"its initial state '{initial.Short.Name}' is computed, not given", "Export the model with a constant initial state, or declare its state pair");
        }
        question.IsResident = true;
        question.LastStepOutputsUntil = form.States.Count(static state => state.Output >= 0);
    }

    /// <summary>Local if both branches and the result have time on the same axis.</summary>
    public static void If(TimeQuestion question)
    {
        if (question.IsStreaming(0)) throw question.Refuse("its condition changes with the stream's time, but it chooses for all of it at once", "Export the model with Where instead of If");
        ElementwiseTime.Elementwise(question);
    }

    /// <summary>Why a value of the stream may not reach a Scan or Loop in this way; null if it may.</summary>
    /// <param name="operator">Scan or Loop.</param>
    /// <param name="form">What it does.</param>
    /// <param name="input">The node's input.</param>
    /// <param name="axis">The input's time axis.</param>
    /// <param name="name">The input's name.</param>
    public static string? Refusal(string @operator, ScanForm form, int input, int axis, string name)
    {
        if (form.AxisOf(input) < 0)
        {
            return @operator == "Loop"
                ? $"'{name}' is not read frame by frame: its body must read it by Gather at the iteration number alone, and make one trip for each frame"
                : $"its body sees '{name}' with the whole of the stream's time at every trip";
        }
        if (form.Slices.Any(slice => slice.Place == input && slice.Axis != axis)) return $"its trips go along axis {form.AxisOf(input)} of '{name}', but the stream's time is axis {axis}";
        return form.Slices.Any(slice => slice.Place == input && slice.IsReverse) || form.Stacks.Any(static stack => stack.IsReverse) ? Backward : null;
    }

    /// <summary>What to do about a refusal.</summary>
    public static string RemedyOf(string reason) => reason == Backward ? "Export the model forward-only, or run the newest frames anew at every step (--window)" : TimeQuestion.WholeSequence;
}
