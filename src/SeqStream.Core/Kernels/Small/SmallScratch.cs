namespace SeqStream.Kernels.Small;

/// <summary>How a small-weight kernel divides an executor's scratch memory: the direction of the last sweep, sums of one tile or panel, one padded chunk of a row, gathered activations.</summary>
internal static unsafe class SmallScratch
{
    private const int MaxWidth = 16;
    private const int SumsOffset = 64;
    private const int SumsBytes = 8 * 4 * MaxWidth * sizeof(float);
    private const int TailOffset = SumsOffset + SumsBytes;
    private const int TailBytes = 2 * MaxWidth * sizeof(float);
    private const int GatheredOffset = TailOffset + TailBytes;

    /// <summary>Bytes for blocks of <paramref name="lanes"/> lanes.</summary>
    public static nint Bytes(in PackedSmall packed, int lanes) => GatheredOffset + Math.Min(lanes, packed.BlockLanes) * packed.RowBytes;

    /// <summary>Reverses the order of the panels and says whether this sweep goes backwards.</summary>
    public static bool Reverse(byte* scratch) => (*(int*)scratch ^= 1) != 0;

    /// <summary>[lanes of a tile or chunks of a panel, 4, N]</summary>
    public static float* Sums(byte* scratch) => (float*)(scratch + SumsOffset);

    /// <summary>[2, N]: h and c of the last chunk where units do not fill it.</summary>
    public static float* Tail(byte* scratch) => (float*)(scratch + TailOffset);

    /// <summary>[block, row bytes]</summary>
    public static byte* Gathered(byte* scratch) => scratch + GatheredOffset;
}
