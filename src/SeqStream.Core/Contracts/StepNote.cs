namespace SeqStream.Contracts;

/// <summary>What a front end says about the step it prepared, for the decoder.</summary>
public struct StepNote
{
    /// <summary>Measured time of the step in seconds, NaN if unknown.</summary>
    public double Time;

    /// <summary>The text this step answers for, in UTF-8; empty if there is none. Valid until the front end's next call.</summary>
    public ReadOnlyMemory<byte> Text;

    /// <summary>True while the step only fills look-ahead: it moves the state, and its outputs answer for nothing.</summary>
    public bool IsWarmUp;
}
