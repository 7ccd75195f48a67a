namespace SeqStream.Onnx.Writing;

/// <summary>How a step model is written.</summary>
public sealed record StepModelOptions
{
    /// <summary>Streams that one call of the model steps; null for an open dimension, so that each call may have another number. Default 1.</summary>
    /// <remarks>With 1, ports have the shapes of the plan. Otherwise every port, states included, counts streams in its first dimension: one of size 1 there becomes it, elsewhere it is put in front.</remarks>
    public int? Streams { get; init; } = 1;

    /// <summary>True to write RNN, GRU and LSTM as matrix products and element-wise operators, for runtimes and accelerators that lack them. Default false.</summary>
    public bool Decompose { get; init; }
}
