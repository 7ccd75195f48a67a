using System.Collections.Immutable;

namespace SeqStream.Cells;

/// <summary>How a recurrent cell computes, beside its weights. The meaning of each option is that of the ONNX operator of the same name.</summary>
public sealed record CellOptions
{
    private static readonly CellActivation s_sigmoid = new(ActivationKind.Sigmoid);
    private static readonly CellActivation s_tanh = new(ActivationKind.Tanh);

    /// <summary>RNN: f. GRU: f (gates), g (candidate). LSTM: f (gates), g (candidate), h (output). Empty means the operator's defaults.</summary>
    public ImmutableArray<CellActivation> Activations { get; init; } = [];

    /// <summary>Gate inputs are clamped to [-Clip, Clip] before their activation; 0 means no clip.</summary>
    public float Clip { get; init; }

    /// <summary>LSTM: the forget gate is 1 - input gate.</summary>
    public bool InputForget { get; init; }

    /// <summary>GRU: the reset gate acts after the recurrent product (PyTorch, cuDNN), not before it (the paper's form).</summary>
    public bool LinearBeforeReset { get; init; }

    /// <summary>The activations of a cell, with the operator's defaults where none are given: tanh; sigmoid, tanh; sigmoid, tanh, tanh.</summary>
    /// <exception cref="ArgumentException">The number of activations does not fit the cell.</exception>
    public ImmutableArray<CellActivation> ActivationsOf(CellKind kind)
    {
        ImmutableArray<CellActivation> defaults = kind switch
        {
            CellKind.Rnn => [s_tanh],
            CellKind.Gru => [s_sigmoid, s_tanh],
            _ => [s_sigmoid, s_tanh, s_tanh],
        };
        if (Activations.IsDefaultOrEmpty) return defaults;
        if (Activations.Length == defaults.Length) return Activations;
        throw new ArgumentException($"{kind} has {Activations.Length} activations; expected {defaults.Length}, or none for the defaults.");
    }

    /// <summary>Whether the cell is the one that frameworks train: LSTM, or GRU with linear_before_reset, without clip, peepholes or other functions.</summary>
    internal bool IsPlain(CellWeights weights)
        => weights.Kind != CellKind.Rnn
            && (weights.Kind == CellKind.Lstm || LinearBeforeReset)
            && Clip == 0
            && !(InputForget && weights.Kind == CellKind.Lstm)
            && weights.Peepholes is null
            && ActivationsOf(weights.Kind).Select(static a => a.Kind).SequenceEqual(new CellOptions().ActivationsOf(weights.Kind).Select(static a => a.Kind));
}
