namespace SeqStream.Onnx.Writing;

/// <summary>A step plan cannot be written as an ONNX model in the form asked for. The message names the node.</summary>
public sealed class StepNotWritableException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="model">The model.</param>
    /// <param name="node">The node of the plan.</param>
    /// <param name="operator">Its operator.</param>
    /// <param name="reason">What was found and what was expected.</param>
    /// <param name="remedy">What to do about it.</param>
    public StepNotWritableException(string model, string node, string @operator, string reason, string remedy)
        : base($"Model '{model}', node '{node}' ({@operator}) cannot be written as ONNX: {reason}. {remedy}.")
    {
        Node = node;
    }

    /// <summary>The node of the plan.</summary>
    public string Node { get; }
}
