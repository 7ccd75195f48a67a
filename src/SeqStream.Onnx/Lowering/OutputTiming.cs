namespace SeqStream.Onnx.Lowering;

/// <summary>When an output of a step plan equals what the whole-sequence model gives.</summary>
public enum OutputTiming
{
    /// <summary>At every step: each answer is the whole-sequence model's answer for that step.</summary>
    EveryStep,
    /// <summary>
    /// At the last step: each answer is the whole-sequence model's answer for the sequence up to that step. Behind windows that look ahead it is that of the newest frame that is complete, and
    /// from step <see cref="LoweredOutput.StepsFor"/> of a stream whose end was announced on, the whole sequence's.
    /// </summary>
    LastStep,
    /// <summary>It does not depend on the stream.</summary>
    Fixed,
}
