namespace SeqStream.Cells;

/// <summary>
/// What one run of a <see cref="SequenceRunner"/> reads and writes: T steps, B sequences, D directions, I inputs, H units. With layout 1 the batch
/// comes first; the layout-1 shape stands second. Null means absent (inputs) or not wanted (outputs).
/// </summary>
public unsafe struct SequenceBuffers
{
    /// <summary>Features, [T, B, I] or [B, T, I].</summary>
    public float* X;

    /// <summary>Valid steps of each sequence, [B], each from 0 to T; null: all are T long.</summary>
    public int* Lengths;

    /// <summary>h before the first step, [D, B, H] or [B, D, H]; null: zeros.</summary>
    public float* InitialH;

    /// <summary>c before the first step, as <see cref="InitialH"/>; LSTM only.</summary>
    public float* InitialC;

    /// <summary>h after every step, [T, D, B, H] or [B, T, D, H]; zeros beyond a sequence's length.</summary>
    public float* Y;

    /// <summary>h after the last valid step (reverse: after the first), [D, B, H] or [B, D, H]; zeros for a sequence without steps.</summary>
    public float* FinalH;

    /// <summary>c, as <see cref="FinalH"/>; LSTM only.</summary>
    public float* FinalC;
}
