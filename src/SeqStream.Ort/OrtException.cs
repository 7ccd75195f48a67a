namespace SeqStream.Ort;

/// <summary>ONNX Runtime, or this binding on its behalf, refused a model, an input or a setting. The message says what, where and what to do.</summary>
public sealed class OrtException : Exception
{
    /// <summary>Creates the exception.</summary>
    public OrtException(OrtErrorCode code, string message) : base(message) => Code = code;

    /// <summary>The kind of failure.</summary>
    public OrtErrorCode Code { get; }
}
