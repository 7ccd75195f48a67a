namespace SeqStream.Hosting.Catalog;

/// <summary>Who executes the steps of a model.</summary>
public enum ExecutorKind
{
    /// <summary>The native executor; ONNX Runtime only where a step model is refused, and then with the reason printed.</summary>
    Choose,
    /// <summary>The native executor or none.</summary>
    Native,
    /// <summary>ONNX Runtime or none.</summary>
    OnnxRuntime,
}
