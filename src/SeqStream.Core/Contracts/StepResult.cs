using System.Runtime.InteropServices;

namespace SeqStream.Contracts;

/// <summary>One lane's outputs of a step, valid only during the call that gets it.</summary>
public readonly ref struct StepResult
{
    private readonly IStepExecutor _executor;
    private readonly int _lane;

    /// <summary>Creates the view.</summary>
    /// <param name="executor">The executor that made the step.</param>
    /// <param name="lane">The lane.</param>
    /// <param name="step">The step's index in its stream, from 0.</param>
    /// <param name="note">What the front end said of the step.</param>
    public StepResult(IStepExecutor executor, int lane, long step, in StepNote note)
    {
        _executor = executor;
        _lane = lane;
        Step = step;
        Time = note.Time;
        Text = note.Text.Span;
    }

    /// <summary>The step's index in its stream, from 0.</summary>
    public long Step { get; }

    /// <summary>Measured time in seconds, NaN if unknown.</summary>
    public double Time { get; }

    /// <summary>The text the step answers for, in UTF-8; empty if there is none.</summary>
    public ReadOnlySpan<byte> Text { get; }

    /// <summary>The model's ports.</summary>
    public StepSignature Signature => _executor.Signature;

    /// <summary>A float32 output.</summary>
    public ReadOnlySpan<float> Floats(int port) => MemoryMarshal.Cast<byte, float>(_executor.Output(port, _lane));

    /// <summary>An output of any type.</summary>
    public ReadOnlySpan<byte> Bytes(int port) => _executor.Output(port, _lane);
}
