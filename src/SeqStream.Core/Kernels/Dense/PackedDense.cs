namespace SeqStream.Kernels.Dense;

/// <summary>
/// A weight matrix [k, n] cut into chunks of four vectors of columns; the columns that remain form one last chunk of 1, 2 or 4 vectors, filled
/// up with zeros. A chunk is [ceil(k / chains), 4, N] with chains = 4 / vectors: k runs fastest over chains, then the columns' vectors.
/// </summary>
internal unsafe struct PackedDense
{
    public int K;
    public int Columns;

    /// <summary>Chunks of four vectors whose columns all exist.</summary>
    public int FullChunks;

    /// <summary>Vectors of the last chunk: 0 (there is none), 1, 2 or 4.</summary>
    public int LastVectors;

    /// <summary>Floats from one full chunk to the next.</summary>
    public nint ChunkStride;

    public float* Weights;

    /// <summary>[columns, rounded up to whole chunks]</summary>
    public float* Bias;

    public static PackedDense Pack(ReadOnlySpan<float> weights, int k, int n, bool transposed, ReadOnlySpan<float> bias, int width, out AlignedBuffer memory)
    {
        int quad = 4 * width, full = n / quad, left = n - full * quad, lastVectors = LastChunk((left + width - 1) / width);
        PackedDense packed = new() { K = k, Columns = n, FullChunks = full, LastVectors = lastVectors, ChunkStride = (nint)k * quad };
        nint lastFloats = lastVectors == 0 ? 0 : (nint)((k + 4 / lastVectors - 1) / (4 / lastVectors)) * quad;
        nint biasFloats = (nint)full * quad + lastVectors * width;
        memory = new AlignedBuffer((full * packed.ChunkStride + lastFloats + biasFloats) * sizeof(float));
        packed.Weights = memory.Floats;
        packed.Bias = memory.Floats + full * packed.ChunkStride + lastFloats;
        for (int column = 0; column < n; column++)
        {
            int chunk = column / quad, vectors = chunk < full ? 4 : lastVectors, chains = 4 / vectors, within = column - chunk * quad;
            float* to = packed.Weights + chunk * packed.ChunkStride + within;
            for (int row = 0; row < k; row++)
            {
                to[(nint)(row / chains) * quad + row % chains * vectors * width] = transposed ? weights[column * k + row] : weights[row * n + column];
            }
            packed.Bias[column] = bias.IsEmpty ? 0 : bias[column];
        }
        return packed;
    }

    private static int LastChunk(int vectors) => vectors == 3 ? 4 : vectors;
}
