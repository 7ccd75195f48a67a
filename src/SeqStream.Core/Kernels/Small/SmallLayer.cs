using System.Runtime.CompilerServices;
using SeqStream.Cells;
using SeqStream.Kernels.Fused;

namespace SeqStream.Kernels.Small;

/// <summary>
/// LSTM and GRU (linear_before_reset = 1) with their default activations, on small weights: activations are gathered into the form that the products read,
/// sums are float32, and so are the gates and the state. One lane passes panel by panel over the weights, many lanes tile by tile.
/// </summary>
internal sealed unsafe class SmallLayer<TV, TSimd, TCell, TKernel> : RecurrentLayer
    where TV : unmanaged
    where TSimd : struct, ISimd<TV>
    where TCell : struct, ICellShape
    where TKernel : struct, ISmallKernel
{
    private readonly AlignedBuffer _memory;
    private readonly PackedSmall _packed;

    public SmallLayer(CellWeights weights, SmallShape shape)
        : base(weights)
    {
        _packed = TKernel.Pack(shape, TSimd.Width, out _memory);
    }

    public override nint ScratchBytes(int maxLanes) => SmallScratch.Bytes(in _packed, maxLanes);

    protected override int LargestTile => TKernel.TileLanes;

    [HotPath]
    [MethodImpl(CodeGeneration.Kernel)]
    public override void Step(
        byte* x, nint xLaneStride, int lanes, byte** rows, int hOffset, int cOffset, byte* y, nint yLaneStride, byte* scratch)
    {
        if (lanes == 1)
        {
            TKernel.Gather(in _packed, (float*)x, (float*)(rows[0] + hOffset), SmallScratch.Gathered(scratch));
            StepOne((float*)(rows[0] + hOffset), (float*)(rows[0] + cOffset), (float*)y, scratch);
        }
        else
        {
            int blocks = (lanes + _packed.BlockLanes - 1) / _packed.BlockLanes;
            for (int block = 0, from = 0; block < blocks; block++)
            {
                int count = (lanes - from + (blocks - block) - 1) / (blocks - block);
                byte* to = SmallScratch.Gathered(scratch);
                for (int m = from; m < from + count; m++, to += _packed.RowBytes) TKernel.Gather(in _packed, (float*)(x + m * xLaneStride), (float*)(rows[m] + hOffset), to);
                StepBlock(count, rows + from, hOffset, cOffset, y == null ? null : y + from * yLaneStride, yLaneStride, scratch);
                from += count;
            }
        }
        GC.KeepAlive(_memory);
    }

    [MethodImpl(CodeGeneration.Kernel)]
    private void StepOne(float* h, float* c, float* y, byte* scratch)
    {
        int chunks = _packed.Chunks, panels = (chunks + TKernel.PanelChunks - 1) / TKernel.PanelChunks;
        float* sums = SmallScratch.Sums(scratch);
        bool backwards = SmallScratch.Reverse(scratch);
        for (int i = 0; i < panels; i++)
        {
            int chunk = (backwards ? panels - 1 - i : i) * TKernel.PanelChunks, count = Math.Min(TKernel.PanelChunks, chunks - chunk), unit = chunk * TSimd.Width;
            TKernel.Panel(in _packed, chunk, count, SmallScratch.Gathered(scratch), sums);
            ApplyPanel(sums, h + unit, c + unit, y == null ? null : y + unit, Math.Min(_packed.Units - unit, count * TSimd.Width), SmallScratch.Tail(scratch));
        }
    }

    [MethodImpl(CodeGeneration.Kernel)]
    private static void ApplyPanel(float* sums, float* h, float* c, float* y, int units, float* tail)
    {
        int n = TSimd.Width, u = 0;
        for (; u <= units - n; u += n, sums += 4 * n) FusedGates<TV, TSimd, TCell>.Apply(sums, h + u, c + u, y == null ? null : y + u);
        if (u < units) FusedGates<TV, TSimd, TCell>.ApplyPart(sums, h + u, c + u, y == null ? null : y + u, units - u, tail);
    }

    [MethodImpl(CodeGeneration.Kernel)]
    private void StepBlock(int count, byte** rows, int hOffset, int cOffset, byte* y, nint yLaneStride, byte* scratch)
    {
        int n = TSimd.Width, chunks = _packed.Chunks, tiles = (count + TKernel.TileLanes - 1) / TKernel.TileLanes;
        float* sums = SmallScratch.Sums(scratch);
        bool backwards = SmallScratch.Reverse(scratch);
        for (int i = 0; i < chunks; i++)
        {
            int chunk = backwards ? chunks - 1 - i : i, unitBytes = chunk * n * sizeof(float), units = Math.Min(n, _packed.Units - chunk * n);
            for (int tile = 0, m = 0; tile < tiles; tile++)
            {
                int size = (count - m + (tiles - tile) - 1) / (tiles - tile); // nearly equal tiles
                FetchState(rows + m, size, hOffset + unitBytes, cOffset + unitBytes);
                TKernel.Tile(in _packed, chunk, size, SmallScratch.Gathered(scratch) + m * _packed.RowBytes, sums);
                ApplyTile(sums, rows + m, size, hOffset + unitBytes, cOffset + unitBytes, y == null ? null : y + m * yLaneStride + unitBytes, yLaneStride, units, SmallScratch.Tail(scratch));
                m += size;
            }
        }
    }

    /// <summary>The rows that the gates will touch are far apart; they are asked for before the sums, not after.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FetchState(byte** rows, int size, int hOffset, int cOffset)
    {
        for (int m = 0; m < size; m++)
        {
            CodeGeneration.Prefetch(rows[m] + hOffset);
            if (TCell.Gates == 4) CodeGeneration.Prefetch(rows[m] + cOffset);
        }
    }

    [MethodImpl(CodeGeneration.Kernel)]
    private static void ApplyTile(float* sums, byte** rows, int size, int hOffset, int cOffset, byte* y, nint yLaneStride, int units, float* tail)
    {
        for (int m = 0; m < size; m++, sums += 4 * TSimd.Width)
        {
            float* h = (float*)(rows[m] + hOffset), c = (float*)(rows[m] + cOffset);
            if (units == TSimd.Width) FusedGates<TV, TSimd, TCell>.Apply(sums, h, c, (float*)y);
            else FusedGates<TV, TSimd, TCell>.ApplyPart(sums, h, c, (float*)y, units, tail);
            if (y != null) y += yLaneStride;
        }
    }
}
