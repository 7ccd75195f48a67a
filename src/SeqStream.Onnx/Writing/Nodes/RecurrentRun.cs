using System.Collections.Immutable;
using SeqStream.Cells;
using SeqStream.Operators;
using SeqStream.Plan;
using SeqStream.Weights;

namespace SeqStream.Onnx.Writing.Nodes;

/// <summary>
/// Writes the run of a recurrent layer over some steps: as one RNN, GRU or LSTM, or as the cell's equations step by step.
/// </summary>
/// <param name="graph">The graph.</param>
/// <param name="directions">One direction, or forward and reverse.</param>
/// <param name="name">The layer's name, for its weights.</param>
internal sealed class RecurrentRun(StepGraph graph, ImmutableArray<RecurrentDirection> directions, string name)
{
    /// <summary>What a run answers.</summary>
    /// <param name="Y">[steps, directions, rows, hidden] h after every step</param>
    /// <param name="H">[directions, rows, hidden] h after the last step</param>
    /// <param name="C">[directions, rows, hidden] c after the last step; empty for cells without one</param>
    public readonly record struct Answer(string Y, string H, string C);

    private CellWeights First => directions[0].Weights;

    private int Count => directions.Length;

    /// <summary>Writes the run.</summary>
    /// <param name="x">[steps, rows, input]</param>
    /// <param name="steps">Steps.</param>
    /// <param name="lengths">int32 [rows] steps of each row; empty for all.</param>
    /// <param name="h">[directions, rows, hidden] h before the first step; empty for zeros.</param>
    /// <param name="c">[directions, rows, hidden] c before the first step; empty for zeros.</param>
    public Answer Write(string x, int steps, string lengths, string h, string c) => graph.Decompose ? WriteCells(x, steps, lengths, h, c) : WriteLayer(x, lengths, h, c);

    private Answer WriteLayer(string x, string lengths, string h, string c)
    {
        CellOptions options = directions[0].Options;
        List<string> inputs = [x, Matrices("W", First.InputSize, static weights => weights.Input, static weights => weights.StoredInput), Matrices("R", First.HiddenSize, static weights => weights.Recurrent, static weights => weights.StoredRecurrent)];
        bool hasBias = directions.Any(static direction => direction.Weights.Bias is not null), hasPeepholes = directions.Any(static direction => direction.Weights.Peepholes is not null);
        inputs.Add(hasBias ? Stacked("B", 2 * First.Gates * First.HiddenSize, 0, static weights => weights.Bias ?? new float[2 * weights.Gates * weights.HiddenSize]) : "");
        inputs.AddRange([lengths, h]);
        if (First.Kind == CellKind.Lstm) inputs.AddRange([c, hasPeepholes ? Stacked("P", 3 * First.HiddenSize, 0, static weights => weights.Peepholes ?? new float[3 * weights.HiddenSize]) : ""]);
        while (inputs[^1].Length == 0) inputs.RemoveAt(inputs.Count - 1);
        List<NodeAttribute> attributes = [("hidden_size", First.HiddenSize), ("direction", Count == 2 ? "bidirectional" : directions[0].IsReverse ? "reverse" : "forward")];
        if (options.Clip != 0) attributes.Add(("clip", options.Clip));
        if (First.Kind == CellKind.Lstm && options.InputForget) attributes.Add(("input_forget", 1));
        if (First.Kind == CellKind.Gru) attributes.Add(("linear_before_reset", options.LinearBeforeReset ? 1 : 0));
        AddActivations(attributes);
        bool isLstm = First.Kind == CellKind.Lstm;
        string[] made = graph.Node(First.Kind switch { CellKind.Rnn => "RNN", CellKind.Gru => "GRU", _ => "LSTM" }, isLstm ? 3 : 2, [.. inputs], [.. attributes]);
        return new Answer(made[0], made[1], isLstm ? made[2] : "");
    }

    /// <summary>Names for every direction, parameters only for the functions that have them, in their order.</summary>
    private void AddActivations(List<NodeAttribute> attributes)
    {
        if (directions.All(static direction => direction.Options.Activations.IsDefaultOrEmpty)) return;
        List<string> names = [];
        List<float> alphas = [], betas = [];
        foreach (CellActivation activation in directions.SelectMany(direction => direction.Options.ActivationsOf(First.Kind)))
        {
            names.Add(activation.Kind.ToString());
            bool hasBeta = activation.Kind is ActivationKind.Affine or ActivationKind.ScaledTanh or ActivationKind.HardSigmoid;
            if (hasBeta || activation.Kind is ActivationKind.LeakyRelu or ActivationKind.ThresholdedRelu or ActivationKind.Elu) alphas.Add(activation.Alpha);
            if (hasBeta) betas.Add(activation.Beta);
        }
        attributes.Add(("activations", names.ToArray()));
        if (alphas.Count > 0) attributes.Add(("activation_alpha", alphas.ToArray()));
        if (betas.Count > 0) attributes.Add(("activation_beta", betas.ToArray()));
    }

    /// <summary>[directions, rows, columns], in the small form in which all directions have them.</summary>
    private string Matrices(string part, int columns, Func<CellWeights, float[]> take, Func<CellWeights, StoredMatrix?> takeStored)
    {
        bool isStored = First.Form != WeightForm.Float32 && directions.All(direction => direction.Weights.Form == First.Form);
        return isStored
            ? StoredWeights.Stacked(graph, [.. directions.Select(direction => takeStored(direction.Weights)!)], $"{name}.{part}")
            : Stacked(part, First.Gates * First.HiddenSize, columns, take);
    }

    /// <summary>The arrays of all directions one after the other: [directions, rows, columns], or [directions, rows] for 0 columns.</summary>
    private string Stacked(string part, int rows, int columns, Func<CellWeights, float[]> take)
    {
        float[] all = [.. directions.SelectMany(direction => take(direction.Weights))];
        return graph.Floats(columns == 0 ? new TensorShape(Count, rows) : new TensorShape(Count, rows, columns), all, $"{name}.{part}");
    }

    private Answer WriteCells(string x, int steps, string lengths, string h, string c)
    {
        Answer[] answers = [.. Enumerable.Range(0, Count).Select(at => WriteDirection(at, x, steps, lengths, Part(h, at), Part(c, at)))];
        if (Count == 1) return answers[0];
        return new Answer(
            graph.Node("Concat", [answers[0].Y, answers[1].Y], ("axis", 1)),
            graph.Node("Concat", [answers[0].H, answers[1].H], ("axis", 0)),
            answers[0].C.Length == 0 ? "" : graph.Node("Concat", [answers[0].C, answers[1].C], ("axis", 0)));
    }

    /// <summary>[rows, hidden] of one direction.</summary>
    private string Part(string states, int direction) => states.Length == 0 ? "" : graph.Node("Gather", [states, graph.Scalar(ElementType.Int64, direction)], ("axis", 0));

    private Answer WriteDirection(int at, string x, int steps, string lengths, string h, string c)
    {
        RecurrentDirection direction = directions[at];
        CellEquations cell = new(graph, direction.Weights, direction.Options, Count == 1 ? name : $"{name}.{at}");
        string projected = cell.Project(x);
        bool isLstm = First.Kind == CellKind.Lstm;
        string[] ys = new string[steps];
        (h, c) = (h.Length == 0 ? Zeros(projected, steps) : h, isLstm && c.Length == 0 ? Zeros(projected, steps) : c);
        for (int i = 0; i < steps; i++)
        {
            int t = direction.IsReverse ? steps - 1 - i : i;
            (string nextH, string nextC) = cell.Step(graph.Node("Gather", [projected, graph.Scalar(ElementType.Int64, t)], ("axis", 0)), h, c);
            string y = nextH;
            if (lengths.Length > 0)
            {
                string runs = graph.ReshapeAll(graph.Node("Less", [graph.Scalar(ElementType.Int32, t), lengths]), -1, 1);
                y = graph.Node("Where", [runs, nextH, graph.Scalar(ElementType.Float32, 0)]);
                nextH = graph.Node("Where", [runs, nextH, h]);
                if (isLstm) nextC = graph.Node("Where", [runs, nextC, c]);
            }
            ys[t] = graph.Node("Unsqueeze", [y, graph.Int64s(0, 1)]);
            (h, c) = (nextH, nextC);
        }
        if (lengths.Length > 0)
        {
            string any = graph.ReshapeAll(graph.Node("Greater", [lengths, graph.Scalar(ElementType.Int32, 0)]), -1, 1);
            h = graph.Node("Where", [any, h, graph.Scalar(ElementType.Float32, 0)]);
            if (isLstm) c = graph.Node("Where", [any, c, graph.Scalar(ElementType.Float32, 0)]);
        }
        string all = steps == 1 ? ys[0] : graph.Node("Concat", ys, ("axis", 0));
        return new Answer(all, graph.Node("Unsqueeze", [h, graph.Int64s(0)]), isLstm ? graph.Node("Unsqueeze", [c, graph.Int64s(0)]) : "");
    }

    /// <summary>[rows, hidden] of zeros for as many rows as there are.</summary>
    private string Zeros(string projected, int steps)
    {
        if (steps == 0) throw graph.Refuse("it runs over no steps and starts from zeros", "Write the model without this node");
        string rows = graph.Node("Shape", [projected], ("start", 1), ("end", 2));
        return graph.Node("Expand", [graph.Scalar(ElementType.Float32, 0), graph.Node("Concat", [rows, graph.Int64s(First.HiddenSize)], ("axis", 0))]);
    }
}
