using System.Runtime.CompilerServices;

namespace SeqStream.Kernels.Small;

/// <summary>A dense layer on small weights. Activations are gathered on the stack a few rows at a time; sums go through the stack, so that nothing is written beyond a row.</summary>
internal sealed unsafe class SmallDense<TV, TSimd, TKernel> : DenseLayer
    where TV : unmanaged
    where TSimd : struct, ISimd<TV>
    where TKernel : struct, ISmallKernel
{
    private const int MaxWidth = 16;
    private const int MostRows = 8;
    private const int MostStackBytes = 64 * 1024;
    private readonly AlignedBuffer _memory;
    private readonly PackedSmall _packed;
    private readonly int _rows;

    public SmallDense(SmallShape shape, int k, int columns)
        : base(k, columns)
    {
        _packed = TKernel.Pack(shape, TSimd.Width, out _memory);
        _rows = (int)Math.Clamp(MostStackBytes / _packed.RowBytes / TKernel.TileLanes * TKernel.TileLanes, 1, 4 * TKernel.TileLanes);
    }

    protected override int LargestTile => TKernel.TileLanes;

    [HotPath]
    [MethodImpl(CodeGeneration.Kernel)]
    public override void Multiply(byte* x, nint xRowStride, int rows, byte* y, nint yRowStride)
    {
        for (int from = 0; from < rows; from += _rows) MultiplyBlock(x + from * xRowStride, xRowStride, Math.Min(_rows, rows - from), y + from * yRowStride, yRowStride);
        GC.KeepAlive(_memory);
    }

    [SkipLocalsInit]
    [MethodImpl(CodeGeneration.Kernel)]
    private void MultiplyBlock(byte* x, nint xRowStride, int rows, byte* y, nint yRowStride)
    {
        float* sums = stackalloc float[MostRows * 4 * MaxWidth];
        byte* gathered = stackalloc byte[(int)(rows * _packed.RowBytes) + AlignedBuffer.Alignment];
        gathered += -(nint)gathered & (AlignedBuffer.Alignment - 1);
        for (int m = 0; m < rows; m++) TKernel.Gather(in _packed, (float*)(x + m * xRowStride), null, gathered + m * _packed.RowBytes);
        if (rows == 1) MultiplyRow(gathered, y, sums);
        else MultiplyTiles(gathered, rows, y, yRowStride, sums);
    }

    [MethodImpl(CodeGeneration.Kernel)]
    private void MultiplyRow(byte* gathered, byte* y, float* sums)
    {
        int quad = 4 * TSimd.Width;
        for (int chunk = 0; chunk < _packed.Chunks; chunk += TKernel.PanelChunks)
        {
            int count = Math.Min(TKernel.PanelChunks, _packed.Chunks - chunk), column = chunk * quad;
            TKernel.Panel(in _packed, chunk, count, gathered, sums);
            Unsafe.CopyBlockUnaligned(y + (nint)column * sizeof(float), sums, (uint)Math.Min(count * quad, Columns - column) * sizeof(float));
        }
    }

    [MethodImpl(CodeGeneration.Kernel)]
    private void MultiplyTiles(byte* gathered, int rows, byte* y, nint yRowStride, float* sums)
    {
        int quad = 4 * TSimd.Width, tiles = (rows + TKernel.TileLanes - 1) / TKernel.TileLanes;
        for (int chunk = 0; chunk < _packed.Chunks; chunk++)
        {
            int column = chunk * quad;
            uint bytes = (uint)Math.Min(quad, Columns - column) * sizeof(float);
            for (int tile = 0, m = 0; tile < tiles; tile++)
            {
                int size = (rows - m + (tiles - tile) - 1) / (tiles - tile);
                TKernel.Tile(in _packed, chunk, size, gathered + m * _packed.RowBytes, sums);
                for (int i = 0; i < size; i++) Unsafe.CopyBlockUnaligned(y + (m + i) * yRowStride + (nint)column * sizeof(float), sums + i * quad, bytes);
                m += size;
            }
        }
    }
}
