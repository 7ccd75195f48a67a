namespace SeqStream.Kernels.Fused;

/// <summary>How a fused kernel divides an executor's scratch memory: header, sums of one tile, one padded chunk of a row, gathered lanes.</summary>
internal static unsafe class FusedScratch
{
    private const int MaxWidth = 16;
    private const int SumsOffset = 64;
    private const int SumsBytes = 8 * 4 * MaxWidth * sizeof(float);
    private const int TailOffset = SumsOffset + SumsBytes;
    private const int TailBytes = 2 * MaxWidth * sizeof(float);
    private const int GatheredOffset = TailOffset + TailBytes;

    /// <summary>Bytes for blocks of <paramref name="lanes"/> lanes.</summary>
    public static nint Bytes(in PackedCell cell, int lanes)
        => GatheredOffset + (nint)Math.Min(lanes, cell.BlockLanes) * (cell.Inputs + cell.Units) * sizeof(float);

    /// <summary>
    /// Reverses the order of the panels and says whether this sweep goes backwards: what the last sweep read last is still in the nearer
    /// cache, so the next one starts with it.
    /// </summary>
    public static bool Reverse(byte* scratch) => (*(int*)scratch ^= 1) != 0;

    /// <summary>[lanes of a tile or chunks of a panel, 4, N]</summary>
    public static float* Sums(byte* scratch) => (float*)(scratch + SumsOffset);

    /// <summary>[2, N]: h and c of the last chunk where units do not fill it.</summary>
    public static float* Tail(byte* scratch) => (float*)(scratch + TailOffset);

    /// <summary>[block, inputs + units]</summary>
    public static float* Gathered(byte* scratch) => (float*)(scratch + GatheredOffset);
}
