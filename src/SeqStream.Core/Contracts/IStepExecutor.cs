namespace SeqStream.Contracts;

/// <summary>
/// Advances streams by one step at a time and owns where their state lives. A stream is a slot; a lane is a row of one batch.
/// Use: write each lane's inputs, call <see cref="Step"/>, read each lane's outputs. One thread at a time.
/// </summary>
public interface IStepExecutor : IStepPorts, IDisposable
{
    /// <summary>Most lanes of one step.</summary>
    int MaxLanes { get; }

    /// <summary>Streams that hold a slot.</summary>
    int LiveStreams { get; }

    /// <summary>Takes a slot for a new stream, in the model's initial state.</summary>
    int Rent();

    /// <summary>Gives a slot back; its state is gone.</summary>
    void Return(int slot);

    /// <summary>Puts a stream into the model's initial state.</summary>
    void Reset(int slot);

    /// <summary>Copies the state of one stream over that of another.</summary>
    void Copy(int from, int to);

    /// <summary>Writes a stream's state row. <paramref name="row"/> holds at least <c>Signature.Layout.RowBytes</c> bytes.</summary>
    void Save(int slot, Span<byte> row);

    /// <summary>Replaces a stream's state by a row that <see cref="Save"/> wrote for a model with the same layout.</summary>
    void Restore(int slot, ReadOnlySpan<byte> row);

    /// <summary>Advances the streams in <paramref name="slots"/>, all different, by one step; lane m is <c>slots[m]</c>. Outputs are those of the last step, inputs stay where they are until the executor is disposed. Allocates nothing.</summary>
    void Step(ReadOnlySpan<int> slots);
}
