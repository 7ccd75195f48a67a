using SeqStream.Contracts;
using SeqStream.State;

namespace SeqStream.Pipeline.Tests;

/// <summary>A front end that does as another one; what it does otherwise is for those that derive from it.</summary>
internal abstract class WrappedFrontEnd(IFrontEnd inner) : IFrontEnd
{
    public bool IsIdle => inner.IsIdle;

    public virtual FrameVerdict Accept(FramePayload payload, double time) => inner.Accept(payload, time);

    public bool TryNext(StepInputs inputs, ref StepNote note) => inner.TryNext(inputs, ref note);

    public void End() => inner.End();

    public void Reset() => inner.Reset();

    public void Save(StateWriter writer) => inner.Save(writer);

    public virtual void Restore(ref StateReader reader) => inner.Restore(ref reader);
}
