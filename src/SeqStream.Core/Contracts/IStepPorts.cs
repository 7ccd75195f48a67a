namespace SeqStream.Contracts;

/// <summary>Where the inputs of a step are written and its outputs are read, lane by lane. One thread at a time.</summary>
public interface IStepPorts
{
    /// <summary>What a step takes, answers and remembers.</summary>
    StepSignature Signature { get; }

    /// <summary>Where the caller writes one lane's value of an input before the step.</summary>
    /// <param name="port">Index into <see cref="StepSignature.Inputs"/>.</param>
    /// <param name="lane">0 to the most lanes of a step - 1.</param>
    Span<byte> Input(int port, int lane);

    /// <summary>One lane's value of an output, valid until the next step; empty if the output has nothing to say.</summary>
    /// <param name="port">Index into <see cref="StepSignature.Outputs"/>.</param>
    /// <param name="lane">0 to the number of lanes of the last step - 1.</param>
    ReadOnlySpan<byte> Output(int port, int lane);
}
