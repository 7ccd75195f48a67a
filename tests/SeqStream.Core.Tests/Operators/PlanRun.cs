using System.Runtime.InteropServices;
using SeqStream.Execution;
using SeqStream.Kernels;
using SeqStream.Plan;

namespace SeqStream.Tests.Operators;

/// <summary>Steps a plan without state on one instruction set.</summary>
internal sealed class PlanRun : IDisposable
{
    private readonly NativeExecutor _executor;
    private readonly int[] _slots;

    public PlanRun(StepPlan plan, InstructionSet instructions, int lanes)
    {
        Plan = plan;
        _executor = new NativeExecutor(NativeProgram.Bind(plan, KernelChoice.For(instructions)), lanes, lanes);
        _slots = [.. Enumerable.Range(0, lanes).Select(_ => _executor.Rent())];
    }

    public StepPlan Plan { get; }

    /// <summary>Random bytes that make sense as inputs of one lane: floats of both signs, small indices, booleans.</summary>
    public static byte[][] RandomLane(StepPlan plan, Random random) => [.. plan.Inputs.Select(wire => RandomValue(wire, random))];

    public void Write(int lane, byte[][] inputs)
    {
        for (int port = 0; port < inputs.Length; port++) inputs[port].CopyTo(_executor.Input(port, lane));
    }

    public void Step(int lanes) => _executor.Step(_slots.AsSpan(0, lanes));

    public byte[][] Read(int lane) => [.. Plan.Outputs.Select((_, port) => _executor.Output(port, lane).ToArray())];

    public void Dispose() => _executor.Dispose();

    private static byte[] RandomValue(Wire wire, Random random)
    {
        int count = wire.Shape.ElementCount;
        return wire.Type switch
        {
            ElementType.Float32 => MemoryMarshal.AsBytes<float>([.. Enumerable.Range(0, count).Select(_ => (float)((random.NextDouble() * 8) - 4))]).ToArray(),
            ElementType.Int32 => MemoryMarshal.AsBytes<int>([.. Enumerable.Range(0, count).Select(_ => random.Next(-12, 12))]).ToArray(),
            ElementType.Int64 => MemoryMarshal.AsBytes<long>([.. Enumerable.Range(0, count).Select(_ => (long)random.Next(-12, 12))]).ToArray(),
            ElementType.Bool => [.. Enumerable.Range(0, count).Select(_ => (byte)random.Next(2))],
            _ => throw new ArgumentException($"No random {wire}."),
        };
    }
}
