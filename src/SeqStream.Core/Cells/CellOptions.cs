using System.Collections.Immutable;

namespace SeqStream.Cells;

/// <summary>How a recurrent cell computes, beside its weights. The meaning of each option is that of the ONNX operator of the same name.</summary>
public sealed record CellOptions
{
    /// <summary>RNN: f. GRU: f (gates), g (candidate). LSTM: f (gates), g (candidate), h (output). Empty means the operator's defaults.</summary>
    public ImmutableArray<CellActivation> Activations { get; init; } = [];

    /// <summary>Gate inputs are clamped to [-Clip, Clip] before their activation; 0 means no clip.</summary>
    public float Clip { get; init; }

    /// <summary>LSTM: the forget gate is 1 - input gate.</summary>
    public bool InputForget { get; init; }

    /// <summary>GRU: the reset gate acts after the recurrent product (PyTorch, cuDNN), not before it (the paper's form).</summary>
    public bool LinearBeforeReset { get; init; }
}
