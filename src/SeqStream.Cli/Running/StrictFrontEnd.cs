using SeqStream.Contracts;
using SeqStream.Pipeline;
using SeqStream.State;

namespace SeqStream.Cli.Running;

/// <summary>
/// Refuses every frame behind the first one that a front end refuses, so that <c>--strict</c> answers for nothing behind it. A record that the feed
/// itself refuses needs no such guard: what was read before it is in the queue, and nothing is read after it.
/// </summary>
internal sealed class StrictFrontEnd(IFrontEnd inner, StrictFrontEnd.Gate gate) : IFrontEnd
{
    public bool IsIdle => inner.IsIdle;

    /// <summary>Stages whose front ends share one gate.</summary>
    public static StageFactory Guard(StageFactory stages)
    {
        Gate gate = new();
        return stages with { CreateFrontEnd = () => new StrictFrontEnd(stages.CreateFrontEnd(), gate) };
    }

    public FrameVerdict Accept(FramePayload payload, double time)
    {
        if (gate.IsClosed) return FrameVerdict.Refused("it came after the first bad record");
        FrameVerdict verdict = inner.Accept(payload, time);
        if (!verdict.IsAccepted) gate.IsClosed = true;
        return verdict;
    }

    public bool TryNext(StepInputs inputs, ref StepNote note) => inner.TryNext(inputs, ref note);

    public void End() => inner.End();

    public void Reset() => inner.Reset();

    public void Save(StateWriter writer) => inner.Save(writer);

    public void Restore(ref StateReader reader) => inner.Restore(ref reader);

    /// <summary>Closed by the first refusal.</summary>
    internal sealed class Gate
    {
        private volatile bool _isClosed;

        public bool IsClosed
        {
            get => _isClosed;
            set => _isClosed = value;
        }
    }
}
