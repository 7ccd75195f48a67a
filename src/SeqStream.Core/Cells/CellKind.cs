namespace SeqStream.Cells;

/// <summary>The recurrent cells of ONNX.</summary>
public enum CellKind
{
    /// <summary>One gate: h' = f(W x + R h + b).</summary>
    Rnn,
    /// <summary>Gates z r h.</summary>
    Gru,
    /// <summary>Gates i o f c.</summary>
    Lstm,
}
