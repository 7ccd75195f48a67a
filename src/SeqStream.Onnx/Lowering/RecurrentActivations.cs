using System.Collections.Immutable;
using SeqStream.Cells;

namespace SeqStream.Onnx.Lowering;

/// <summary>
/// Reads the activations of a recurrent node. Each function that has a parameter takes the next value of <c>activation_alpha</c> or
/// <c>activation_beta</c>; where the list is used up it takes the default of the ONNX operator of its name.
/// </summary>
internal static class RecurrentActivations
{
    /// <summary>The activations of all directions, or none if the node names none.</summary>
    public static ImmutableArray<CellActivation> Read(NodeContext node, int expected)
    {
        string[]? names = node.Texts("activations");
        if (names is null || names.Length == 0) return [];
        if (names.Length != expected) throw node.Refuse($"it names {names.Length} activations, expected {expected}", "Repair the model: the node does not follow the ONNX specification");
        Queue<float> alphas = new(node.Floats("activation_alpha") ?? []);
        Queue<float> betas = new(node.Floats("activation_beta") ?? []);
        ImmutableArray<CellActivation>.Builder activations = ImmutableArray.CreateBuilder<CellActivation>(names.Length);
        foreach (string name in names) activations.Add(One(node, name, alphas, betas));
        return activations.MoveToImmutable();
    }

    private static CellActivation One(NodeContext node, string name, Queue<float> alphas, Queue<float> betas)
    {
        if (!Enum.TryParse(name, ignoreCase: true, out ActivationKind kind) || !Enum.IsDefined(kind)) throw node.Refuse($"activation '{name}' is not one of {string.Join(", ", Enum.GetNames<ActivationKind>())}", "Export the model with one of these");
        return kind switch
        {
            ActivationKind.Affine => new(kind, Next(alphas, 1), Next(betas, 0)),
            ActivationKind.LeakyRelu => new(kind, Next(alphas, 0.01f)),
            ActivationKind.ThresholdedRelu or ActivationKind.Elu => new(kind, Next(alphas, 1)),
            ActivationKind.ScaledTanh => new(kind, Next(alphas, 1), Next(betas, 1)),
            ActivationKind.HardSigmoid => new(kind, Next(alphas, 0.2f), Next(betas, 0.5f)),
            _ => new(kind),
        };
    }

    private static float Next(Queue<float> values, float fallback) => values.TryDequeue(out float value) ? value : fallback;
}
