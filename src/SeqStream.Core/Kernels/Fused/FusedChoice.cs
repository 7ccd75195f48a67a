using SeqStream.Cells;

namespace SeqStream.Kernels.Fused;

/// <summary>Which of the fused kernels runs a layer.</summary>
internal static class FusedChoice<TV, TSimd>
    where TV : unmanaged
    where TSimd : struct, ISimd<TV>
{
    /// <summary>
    /// Two chains hide the latency of the additions in small layers; a large layer has enough independent sums, and two chains would
    /// halve its tiles. Part of the fixed order of a sum: a function of the layer's shape alone.
    /// </summary>
    private const int MostUnitsWithTwoChains = 128;

    public static RecurrentLayer Pack(CellWeights weights)
        => weights.Kind == CellKind.Lstm ? Pack<LstmShape>(weights) : Pack<GruShape>(weights);

    private static RecurrentLayer Pack<TCell>(CellWeights weights)
        where TCell : struct, ICellShape
    {
        int panel = PanelChunks(weights);
        if (weights.HiddenSize <= MostUnitsWithTwoChains)
        {
            return panel == 1
                ? new FusedLayer<TV, TSimd, TCell, One, Two>(weights)
                : new FusedLayer<TV, TSimd, TCell, Two, Two>(weights);
        }
        return panel == 1
            ? new FusedLayer<TV, TSimd, TCell, One, One>(weights)
            : new FusedLayer<TV, TSimd, TCell, Two, One>(weights);
    }

    /// <summary>
    /// Chunks of a one-lane panel. Two hide more latency where the weights stay in the nearest cache, and are as good where they stream from
    /// afar; between the two, the alternating sweep keeps more of the last panels near if panels are small. Where that begins and ends was
    /// measured on a Zen 4 (32 KiB of nearest cache) and a Zen 5 (48 KiB). With 16 registers, two chunks of an LSTM in two chains do not fit.
    /// </summary>
    private static int PanelChunks(CellWeights weights)
    {
        const int LargeNearCache = 48 * 1024;
        (int near, int far) = NearCache.Bytes >= LargeNearCache ? (100 * 1024, 340 * 1024) : (36 * 1024, 150 * 1024);
        int chunks = (weights.HiddenSize + TSimd.Width - 1) / TSimd.Width;
        long bytes = (long)sizeof(float) * weights.Gates * weights.HiddenSize * (weights.InputSize + weights.HiddenSize);
        if (chunks == 1 || (bytes > near && bytes <= far)) return 1;
        return !CodeGeneration.HasManyRegisters && weights.Kind == CellKind.Lstm && weights.HiddenSize <= MostUnitsWithTwoChains ? 1 : 2;
    }
}
