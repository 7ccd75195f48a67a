namespace SeqStream.Onnx.Lowering;

/// <summary>How a model's file describes what happens in time.</summary>
public enum StreamForm
{
    /// <summary>One call is one step; what it remembers goes in and out by state inputs and outputs, if it remembers anything.</summary>
    Step,
    /// <summary>One call is a whole sequence; it was compiled into a step.</summary>
    Sequence,
}
