namespace SeqStream.Contracts;

/// <summary>
/// Advances streams by one step at a time and owns where their state lives. A stream is a slot; a lane is a row of one batch.
/// Use: write each lane's inputs, call <see cref="Step"/>, read each lane's outputs. One thread at a time.
/// </summary>
public interface IStepExecutor : IDisposable
{
    /// <summary>What a step takes, answers and remembers.</summary>
    StepSignature Signature { get; }

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

    /// <summary>Where the caller writes one lane's value of an input before <see cref="Step"/>. Valid until the executor is disposed.</summary>
    /// <param name="port">Index into <see cref="StepSignature.Inputs"/>.</param>
    /// <param name="lane">0 to <see cref="MaxLanes"/> - 1.</param>
    Span<byte> Input(int port, int lane);

    /// <summary>Advances the streams in <paramref name="slots"/>, all different, by one step; lane m is <c>slots[m]</c>. Allocates nothing.</summary>
    void Step(ReadOnlySpan<int> slots);

    /// <summary>One lane's value of an output, valid until the next <see cref="Step"/>.</summary>
    /// <param name="port">Index into <see cref="StepSignature.Outputs"/>.</param>
    /// <param name="lane">0 to the number of lanes of the last step - 1.</param>
    ReadOnlySpan<byte> Output(int port, int lane);
}
