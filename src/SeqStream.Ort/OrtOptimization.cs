namespace SeqStream.Ort;

/// <summary>How much ONNX Runtime rewrites a graph when it loads it. The numbers are those of its C API.</summary>
public enum OrtOptimization
{
    /// <summary>The graph runs as it is.</summary>
    None = 0,
    /// <summary>Constant folding and removal of what has no effect.</summary>
    Basic = 1,
    /// <summary>Fused operators too.</summary>
    Extended = 2,
    /// <summary>Everything, memory layouts included.</summary>
    All = 99,
}
