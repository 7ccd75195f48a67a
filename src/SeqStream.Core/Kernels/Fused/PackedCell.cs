using SeqStream.Cells;

namespace SeqStream.Kernels.Fused;

/// <summary>
/// Weights of one layer for one vector width N, and the sizes its kernels need. Units are cut into chunks of N, the last one filled up with
/// zeros. One layout serves one lane and many: a one-lane panel reads its chunks as parallel runs of memory.
/// </summary>
internal unsafe struct PackedCell
{
    public int Inputs;
    public int Units;
    public int Chunks;

    /// <summary>Floats from one chunk of <see cref="Weights"/> to the next.</summary>
    public nint ChunkStride;

    /// <summary>[chunks, inputs + units, gates, N], the inputs first.</summary>
    public float* Weights;

    /// <summary>[chunks, 4, N]; GRU: z, r, the candidate's input part, the candidate's recurrent part.</summary>
    public float* Bias;

    /// <summary>Lanes gathered at once: their inputs and one chunk's weights stay in the second-level cache.</summary>
    public int BlockLanes;

    /// <summary>Packs for vectors of <paramref name="width"/> floats into memory that the caller keeps alive.</summary>
    public static PackedCell Pack(CellWeights weights, int width, int tileLanes, out AlignedBuffer memory)
    {
        int k = weights.InputSize + weights.HiddenSize;
        int chunks = (weights.HiddenSize + width - 1) / width;
        nint chunkStride = (nint)k * weights.Gates * width;
        memory = new AlignedBuffer((chunks * chunkStride + (nint)chunks * 4 * width) * sizeof(float));
        PackedCell packed = new()
        {
            Inputs = weights.InputSize,
            Units = weights.HiddenSize,
            Chunks = chunks,
            ChunkStride = chunkStride,
            Weights = memory.Floats,
            Bias = memory.Floats + chunks * chunkStride,
            BlockLanes = Math.Max(tileLanes, Math.Min(96, 100_000 / k) / tileLanes * tileLanes),
        };
        for (int chunk = 0; chunk < chunks; chunk++)
        {
            int units = Math.Min(width, weights.HiddenSize - chunk * width);
            packed.PackWeights(weights, chunk, width, units);
            packed.PackBias(weights, chunk, width, units);
        }
        return packed;
    }

    private readonly void PackWeights(CellWeights weights, int chunk, int width, int units)
    {
        float* to = Weights + chunk * ChunkStride;
        for (int k = 0; k < Inputs + Units; k++)
        {
            for (int gate = 0; gate < weights.Gates; gate++, to += width)
            {
                for (int u = 0; u < units; u++)
                {
                    nint row = (nint)gate * Units + chunk * width + u;
                    to[u] = k < Inputs ? weights.Input[row * Inputs + k] : weights.Recurrent[row * Units + k - Inputs];
                }
            }
        }
    }

    private readonly void PackBias(CellWeights weights, int chunk, int width, int units)
    {
        if (weights.Bias is null) return;
        float* to = Bias + (nint)chunk * 4 * width;
        for (int slot = 0; slot < 4; slot++, to += width)
        {
            for (int u = 0; u < units; u++)
            {
                int unit = chunk * width + u;
                to[u] = weights.Gates == 4 || slot < 2 ? InputBias(weights, slot, unit) + RecurrentBias(weights, slot, unit)
                    : slot == 2 ? InputBias(weights, 2, unit)
                    : RecurrentBias(weights, 2, unit);
            }
        }
    }

    private static float InputBias(CellWeights weights, int gate, int unit) => weights.Bias![gate * weights.HiddenSize + unit];

    private static float RecurrentBias(CellWeights weights, int gate, int unit) => weights.Bias![(weights.Gates + gate) * weights.HiddenSize + unit];
}
