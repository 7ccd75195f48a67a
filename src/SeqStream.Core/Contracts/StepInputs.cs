using System.Runtime.InteropServices;

namespace SeqStream.Contracts;

/// <summary>One lane's inputs of the step to come, to be written in place.</summary>
/// <param name="executor">The executor whose buffers are written.</param>
/// <param name="lane">The lane.</param>
public readonly ref struct StepInputs(IStepExecutor executor, int lane)
{
    /// <summary>A float32 input.</summary>
    public Span<float> Floats(int port) => MemoryMarshal.Cast<byte, float>(executor.Input(port, lane));

    /// <summary>An int64 input.</summary>
    public Span<long> Integers(int port) => MemoryMarshal.Cast<byte, long>(executor.Input(port, lane));

    /// <summary>An input of any type.</summary>
    public Span<byte> Bytes(int port) => executor.Input(port, lane);
}
