namespace SeqStream.Onnx.Lowering;

/// <summary>What an operator can do along the time of a stream.</summary>
public enum TimeSupport
{
    /// <summary>It runs inside a step only: what it reads must be there in one step.</summary>
    InsideStep,

    /// <summary>It has nothing left to do in a step: its result follows from shapes or is computed when the plan is built.</summary>
    Built,

    /// <summary>It keeps the steps apart: each step of its result needs that step of its inputs alone.</summary>
    StepByStep,

    /// <summary>It also mixes steps: it keeps as many frames as it needs in the stream's state.</summary>
    Buffered,

    /// <summary>It remembers: what it carries from step to step is the stream's state.</summary>
    Remembered,
}
