namespace SeqStream.Onnx.Lowering;

/// <summary>What became of an ONNX node in a plan.</summary>
public enum NodeForm
{
    /// <summary>Computed once, while the plan was built.</summary>
    Constant,
    /// <summary>Nothing is left to do: another name or shape for a value.</summary>
    View,
    /// <summary>It runs on the frames of a step and keeps them apart.</summary>
    Local,
    /// <summary>It remembers frames, or knows where the stream begins and ends.</summary>
    Window,
    /// <summary>Its state is carried from step to step.</summary>
    Recurrent,
    /// <summary>No output needs it.</summary>
    Unused,
}
