using System.Runtime.InteropServices;

namespace SeqStream.Contracts;

/// <summary>One lane's inputs of the step to come, to be written in place.</summary>
/// <param name="ports">Whose buffers are written.</param>
/// <param name="lane">The lane.</param>
public readonly ref struct StepInputs(IStepPorts ports, int lane)
{
    /// <summary>A float32 input.</summary>
    public Span<float> Floats(int port) => MemoryMarshal.Cast<byte, float>(ports.Input(port, lane));

    /// <summary>An int64 input.</summary>
    public Span<long> Integers(int port) => MemoryMarshal.Cast<byte, long>(ports.Input(port, lane));

    /// <summary>An input of any type.</summary>
    public Span<byte> Bytes(int port) => ports.Input(port, lane);
}
