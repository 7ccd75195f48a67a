using SeqStream.Execution;
using SeqStream.FrontEnds;
using SeqStream.Decoding;
using SeqStream.Kernels;
using SeqStream.Pipeline;
using SeqStream.Plan;

namespace SeqStream.Hosting.Tests.Supervision;

/// <summary>A model whose kernel does not come back while its gate is closed: y = x.</summary>
internal sealed class HangingModel : IDisposable
{
    private readonly ManualResetEventSlim _gate = new(initialState: true);

    public HangingModel()
    {
        Wire x = new("x", ElementType.Float32, new TensorShape(1, 1));
        Wire y = new("y", ElementType.Float32, new TensorShape(1, 1));
        NativeProgram program = NativeProgram.Bind(new StepPlan("hanging", [x], [new PlanOutput("y", y)], [], [new Node(x, y, _gate)]));
        Stages = new StageFactory(program, FrontEndCatalog.Create("vector", default, program.Signature), DecoderCatalog.Create("vector", default, [], program.Signature));
    }

    public StageFactory Stages { get; }

    public void Close() => _gate.Reset();

    public void Open() => _gate.Set();

    public void Dispose()
    {
        _gate.Set();
        _gate.Dispose();
    }

    private sealed class Node(Wire x, Wire y, ManualResetEventSlim gate) : StepNode("wait", "Wait", [x], [y])
    {
        public override NodeKernel Bind(KernelChoice choice, PlanSlots slots) => new Kernel(slots.Of(x), slots.Of(y), gate);
    }

    private sealed unsafe class Kernel(WireSlot x, WireSlot y, ManualResetEventSlim gate) : NodeKernel
    {
        public override void Run(in StepContext context)
        {
            gate.Wait();
            for (int lane = 0; lane < context.Lanes; lane++) *(float*)context.At(y, lane) = *(float*)context.At(x, lane);
        }
    }
}
