namespace SeqStream.Pipeline.Shards;

/// <summary>One change of the model. Every shard prepares it between two turns; then all go over to the new model, or none.</summary>
/// <param name="next">The new model.</param>
/// <param name="policy">What happens to the streams.</param>
/// <param name="shards">Shards that take part.</param>
internal sealed class ModelSwap(StageFactory next, SwapPolicy policy, int shards)
{
    private readonly TaskCompletionSource _decided = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _undecided = shards;
    private int _unfinished = shards;
    private Exception? _fault;

    public StageFactory Next => next;

    public SwapPolicy Policy => policy;

    /// <summary>Completes when all shards use the new model; faulted with what kept one of them from it.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Waits for the other shards. False if one of them could not prepare: then all stay with the old model.</summary>
    /// <param name="fault">What kept this shard from preparing; null if nothing did.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public bool Agree(Exception? fault, CancellationToken cancellation)
    {
        Decide(fault);
        _decided.Task.Wait(cancellation);
        return _fault is null;
    }

    /// <summary>This shard has done its part.</summary>
    public void Finish()
    {
        if (Interlocked.Decrement(ref _unfinished) > 0) return;
        if (_fault is null) _completion.TrySetResult();
        else _completion.TrySetException(_fault);
    }

    /// <summary>A shard that has ended takes no part.</summary>
    public void Leave()
    {
        Decide(null);
        Finish();
    }

    private void Decide(Exception? fault)
    {
        if (fault is not null) Interlocked.CompareExchange(ref _fault, fault, null);
        if (Interlocked.Decrement(ref _undecided) == 0) _decided.TrySetResult();
    }
}
