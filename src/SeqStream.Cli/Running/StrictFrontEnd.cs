using SeqStream.Contracts;
using SeqStream.Pipeline;

namespace SeqStream.Cli.Running;

/// <summary>Refuses every frame that comes after the first bad one, so that <c>--strict</c> answers for nothing behind it.</summary>
internal sealed class StrictFrontEnd(IFrontEnd inner, FaultPrinter faults) : IFrontEnd
{
    public bool IsIdle => inner.IsIdle;

    /// <summary>Stages whose front ends are guarded.</summary>
    public static StageFactory Guard(StageFactory stages, FaultPrinter faults) => stages with { CreateFrontEnd = () => new StrictFrontEnd(stages.CreateFrontEnd(), faults) };

    public FrameVerdict Accept(FramePayload payload, double time)
        => faults.IsStopped ? FrameVerdict.Refused("it came after the first bad record") : inner.Accept(payload, time);

    public bool TryNext(StepInputs inputs, ref StepNote note) => inner.TryNext(inputs, ref note);

    public void End() => inner.End();

    public void Reset() => inner.Reset();
}
