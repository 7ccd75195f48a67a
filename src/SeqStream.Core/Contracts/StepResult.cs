using System.Runtime.InteropServices;

namespace SeqStream.Contracts;

/// <summary>One lane's outputs of a step, valid only during the call that gets it.</summary>
public readonly ref struct StepResult
{
    private readonly IStepPorts _ports;
    private readonly int _lane;

    /// <summary>Creates the view.</summary>
    /// <param name="ports">Where the step's outputs lie.</param>
    /// <param name="lane">The lane.</param>
    /// <param name="step">The step's index in its stream, from 0.</param>
    /// <param name="note">What the front end said of the step.</param>
    public StepResult(IStepPorts ports, int lane, long step, in StepNote note)
    {
        _ports = ports;
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
    public StepSignature Signature => _ports.Signature;

    /// <summary>True if an output has something to say at this step: outputs of different rates or delays do not all speak at once.</summary>
    public bool Has(int port) => !_ports.Output(port, _lane).IsEmpty || Signature.Outputs[port].ElementCount == 0;

    /// <summary>A float32 output.</summary>
    public ReadOnlySpan<float> Floats(int port) => MemoryMarshal.Cast<byte, float>(_ports.Output(port, _lane));

    /// <summary>An output of any type.</summary>
    public ReadOnlySpan<byte> Bytes(int port) => _ports.Output(port, _lane);
}
