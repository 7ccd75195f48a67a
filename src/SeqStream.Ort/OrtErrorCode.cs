namespace SeqStream.Ort;

/// <summary>Why ONNX Runtime refused or failed. The numbers are those of <c>OrtErrorCode</c> in its C API.</summary>
public enum OrtErrorCode
{
    /// <summary>No error.</summary>
    None = 0,
    /// <summary>A failure without a more precise code.</summary>
    Fail = 1,
    /// <summary>An argument, input name, type or shape does not fit the model.</summary>
    InvalidArgument = 2,
    /// <summary>The model file does not exist.</summary>
    NoSuchFile = 3,
    /// <summary>There is no model to run.</summary>
    NoModel = 4,
    /// <summary>The engine failed.</summary>
    EngineError = 5,
    /// <summary>An operator failed while the model ran.</summary>
    RuntimeException = 6,
    /// <summary>The bytes are not an ONNX model.</summary>
    InvalidProtobuf = 7,
    /// <summary>The model is loaded already.</summary>
    ModelLoaded = 8,
    /// <summary>An operator, or an element type, is not supported.</summary>
    NotImplemented = 9,
    /// <summary>The model's graph is not valid.</summary>
    InvalidGraph = 10,
    /// <summary>The execution provider failed or is absent.</summary>
    ProviderFailure = 11,
    /// <summary>Loading was cancelled.</summary>
    LoadCancelled = 12,
    /// <summary>The model must be compiled for its provider first.</summary>
    RequiresCompilation = 13,
    /// <summary>Something named does not exist.</summary>
    NotFound = 14,
}
