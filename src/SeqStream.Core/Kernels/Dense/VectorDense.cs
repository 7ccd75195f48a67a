using System.Runtime.CompilerServices;
using SeqStream.Kernels.Fused;

namespace SeqStream.Kernels.Dense;

/// <summary>A dense layer on vectors.</summary>
internal sealed unsafe class VectorDense<TV, TSimd> : DenseLayer
    where TV : unmanaged
    where TSimd : struct, ISimd<TV>
{
    private const int BlockBytes = 256 * 1024; // of x: stays in the second-level cache while all chunks pass over it
    private readonly AlignedBuffer _memory;
    private readonly PackedDense _dense;
    private readonly int _blockRows;

    public VectorDense(ReadOnlySpan<float> weights, int k, int n, bool transposed, ReadOnlySpan<float> bias)
        : base(k, n)
    {
        _dense = PackedDense.Pack(weights, k, n, transposed, bias, TSimd.Width, out _memory);
        _blockRows = Math.Max(1, BlockBytes / sizeof(float) / k / TileRows) * TileRows;
    }

    protected override int LargestTile => TileRows;

    private static int TileRows => CodeGeneration.HasManyRegisters ? 6 : 2;

    [HotPath]
    [MethodImpl(CodeGeneration.Kernel)]
    public override void Multiply(byte* x, nint xRowStride, int rows, byte* y, nint yRowStride)
    {
        if (rows == 1)
        {
            MultiplyRow(x, y);
        }
        else
        {
            for (int from = 0; from < rows; from += _blockRows)
            {
                MultiplyBlock(x + from * xRowStride, xRowStride, Math.Min(_blockRows, rows - from), y + from * yRowStride, yRowStride);
            }
        }
        GC.KeepAlive(_memory);
    }

    [MethodImpl(CodeGeneration.Kernel)]
    private void MultiplyRow(byte* x, byte* y)
    {
        int quad = 4 * TSimd.Width, chunk = 0;
        for (; chunk < _dense.FullChunks - 1; chunk += 2)
        {
            DenseRow<TV, TSimd>.Dot(
                _dense.Weights + chunk * _dense.ChunkStride, _dense.ChunkStride, _dense.Bias + chunk * quad, (float*)x, _dense.K, (float*)y + chunk * quad);
        }
        for (; chunk < _dense.FullChunks; chunk++) FullChunk(chunk, x, 0, 1, y, 0);
        if (_dense.LastVectors != 0) LastChunk(x, 0, 1, y, 0);
    }

    [MethodImpl(CodeGeneration.Kernel)]
    private void MultiplyBlock(byte* x, nint xRowStride, int rows, byte* y, nint yRowStride)
    {
        for (int chunk = 0; chunk < _dense.FullChunks; chunk++) FullChunk(chunk, x, xRowStride, rows, y, yRowStride);
        if (_dense.LastVectors != 0) LastChunk(x, xRowStride, rows, y, yRowStride);
    }

    [MethodImpl(CodeGeneration.Kernel)]
    private void FullChunk(int chunk, byte* x, nint xRowStride, int rows, byte* y, nint yRowStride)
    {
        int column = chunk * 4 * TSimd.Width, tiles = (rows + TileRows - 1) / TileRows;
        float* w = _dense.Weights + chunk * _dense.ChunkStride;
        byte* to = y + (nint)column * sizeof(float);
        for (int tile = 0, row = 0; tile < tiles; tile++)
        {
            int size = (rows - row + (tiles - tile) - 1) / (tiles - tile);
            Tile<Four>(size, w, _dense.Bias + column, x + row * xRowStride, xRowStride, to + row * yRowStride, yRowStride);
            row += size;
        }
    }

    /// <summary>The columns that do not fill a chunk: their sums go through the stack, so that nothing is written beyond a row.</summary>
    [SkipLocalsInit]
    [MethodImpl(CodeGeneration.Kernel)]
    private void LastChunk(byte* x, nint xRowStride, int rows, byte* y, nint yRowStride)
    {
        const int MaxRowFloats = 4 * 16;
        const int MaxRows = 6;
        float* sums = stackalloc float[MaxRows * MaxRowFloats];
        int column = _dense.FullChunks * 4 * TSimd.Width, tiles = (rows + TileRows - 1) / TileRows;
        nint stride = MaxRowFloats * sizeof(float);
        float* w = _dense.Weights + _dense.FullChunks * _dense.ChunkStride, bias = _dense.Bias + column;
        uint bytes = (uint)(_dense.Columns - column) * sizeof(float);
        for (int tile = 0, row = 0; tile < tiles; tile++)
        {
            int size = (rows - row + (tiles - tile) - 1) / (tiles - tile);
            byte* from = x + row * xRowStride;
            switch (_dense.LastVectors)
            {
                case 1: Tile<One>(size, w, bias, from, xRowStride, (byte*)sums, stride); break;
                case 2: Tile<Two>(size, w, bias, from, xRowStride, (byte*)sums, stride); break;
                default: Tile<Four>(size, w, bias, from, xRowStride, (byte*)sums, stride); break;
            }
            for (int m = 0; m < size; m++) Unsafe.CopyBlockUnaligned(y + (row + m) * yRowStride + (nint)column * sizeof(float), (byte*)sums + m * stride, bytes);
            row += size;
        }
    }

    [MethodImpl(CodeGeneration.Kernel)]
    private void Tile<TColumns>(int size, float* w, float* bias, byte* x, nint xRowStride, byte* y, nint yRowStride)
        where TColumns : struct, ICount
    {
        switch (size)
        {
            case 1: DenseTile<TV, TSimd, TColumns, One>.Dot(w, bias, x, xRowStride, _dense.K, y, yRowStride); break;
            case 2: DenseTile<TV, TSimd, TColumns, Two>.Dot(w, bias, x, xRowStride, _dense.K, y, yRowStride); break;
            case 3: if (TileRows >= 3) DenseTile<TV, TSimd, TColumns, Three>.Dot(w, bias, x, xRowStride, _dense.K, y, yRowStride); break;
            case 4: if (TileRows >= 4) DenseTile<TV, TSimd, TColumns, Four>.Dot(w, bias, x, xRowStride, _dense.K, y, yRowStride); break;
            case 5: if (TileRows >= 5) DenseTile<TV, TSimd, TColumns, Five>.Dot(w, bias, x, xRowStride, _dense.K, y, yRowStride); break;
            default: if (TileRows >= 6) DenseTile<TV, TSimd, TColumns, Six>.Dot(w, bias, x, xRowStride, _dense.K, y, yRowStride); break;
        }
    }
}
