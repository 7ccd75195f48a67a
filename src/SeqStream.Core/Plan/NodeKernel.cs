namespace SeqStream.Plan;

/// <summary>
/// A node bound to one instruction set. Immutable, so any number of threads may run it at once, each with its own <see cref="StepContext"/>.
/// A run reads and writes memory only through the context, allocates nothing and does not throw.
/// The bits it gives a lane do not depend on the number of lanes or the lane's place among them.
/// </summary>
public abstract unsafe class NodeKernel
{
    /// <summary>Bytes of private scratch memory one executor needs to run up to <paramref name="maxLanes"/> lanes. Zeroed once, then kept between steps.</summary>
    public virtual nint ScratchBytes(int maxLanes) => 0;

    /// <summary>Runs the node for <see cref="StepContext.Lanes"/> lanes.</summary>
    public abstract void Run(in StepContext context);
}
