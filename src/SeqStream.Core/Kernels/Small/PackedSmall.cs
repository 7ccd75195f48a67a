namespace SeqStream.Kernels.Small;

/// <summary>Weights of one layer in a small form, packed for one instruction set, and the sizes its kernels need.</summary>
internal unsafe struct PackedSmall
{
    /// <summary>Terms of a sum's first part.</summary>
    public int Inputs;

    /// <summary>Terms of a sum's second part; 0 for a dense layer.</summary>
    public int Units;

    /// <summary>Inputs and units, filled up with zeros to whole words.</summary>
    public int InputSlots, UnitSlots;

    /// <summary>Chunks of N units.</summary>
    public int Chunks;

    /// <summary>Weights of all runs. A run is a chunk, or a half of it where sums are half as wide as gates.</summary>
    public byte* Weights;

    /// <summary>Bytes from one run to the next.</summary>
    public nint RunBytes;

    /// <summary>[chunks, 4, N]</summary>
    public float* Bias;

    /// <summary>Integer forms: [runs, groups of both parts, gates, n] scales, and sums of codes times the shift of activations, negative.</summary>
    public float* Scales;

    /// <summary>See <see cref="Scales"/>.</summary>
    public int* Corrections;

    /// <summary>Elements of <see cref="Scales"/> from one run to the next.</summary>
    public nint ScaleStride;

    /// <summary>Integer forms: values of one group of the parts.</summary>
    public int InputGroup, UnitGroup;

    /// <summary>Integer forms: groups of the parts.</summary>
    public int InputGroups, UnitGroups;

    /// <summary>Bytes from a row of gathered activations to its first value.</summary>
    public int ValuesAt;

    /// <summary>Bytes of a lane's gathered activations.</summary>
    public nint RowBytes;

    /// <summary>Lanes gathered at once: their activations stay in the second-level cache.</summary>
    public int BlockLanes;

    /// <summary>Sets <see cref="RowBytes"/> and what follows from it.</summary>
    public void SetRow(int valuesAt, nint valueBytes, int tileLanes)
    {
        const int BlockBytes = 384 * 1024;
        const int MostLanes = 96;
        ValuesAt = valuesAt;
        RowBytes = (valuesAt + valueBytes + AlignedBuffer.Alignment - 1) / AlignedBuffer.Alignment * AlignedBuffer.Alignment;
        BlockLanes = Math.Max(tileLanes, (int)Math.Min(MostLanes, BlockBytes / RowBytes) / tileLanes * tileLanes);
    }
}
