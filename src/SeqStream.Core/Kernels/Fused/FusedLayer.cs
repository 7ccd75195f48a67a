using System.Runtime.CompilerServices;
using SeqStream.Cells;

namespace SeqStream.Kernels.Fused;

/// <summary>A layer on the fused kernels: LSTM and GRU (linear_before_reset = 1) with their default activations.</summary>
internal sealed unsafe class FusedLayer<TV, TSimd, TCell, TPanel, TChains> : RecurrentLayer
    where TV : unmanaged
    where TSimd : struct, ISimd<TV>
    where TCell : struct, ICellShape
    where TPanel : struct, ICount
    where TChains : struct, ICount
{
    private readonly AlignedBuffer _memory;
    private readonly PackedCell _cell;

    public FusedLayer(CellWeights weights)
        : base(weights)
    {
        _cell = PackedCell.Pack(weights, TSimd.Width, ManyLanes<TV, TSimd, TCell, TChains>.TileLanes, out _memory);
    }

    public override nint ScratchBytes(int maxLanes) => FusedScratch.Bytes(in _cell, maxLanes);

    [HotPath]
    [MethodImpl(CodeGeneration.Kernel)]
    public override void Step(
        byte* x, nint xLaneStride, int lanes, byte** rows, int hOffset, int cOffset, byte* y, nint yLaneStride, byte* scratch)
    {
        if (lanes == 1) StepOne(x, rows[0] + hOffset, rows[0] + cOffset, y, scratch);
        else ManyLanes<TV, TSimd, TCell, TChains>.Step(in _cell, x, xLaneStride, lanes, rows, hOffset, cOffset, y, yLaneStride, scratch);
        GC.KeepAlive(_memory);
    }

    [HotPath]
    [MethodImpl(CodeGeneration.Kernel)]
    public override void StepOne(byte* x, byte* h, byte* c, byte* y, byte* scratch)
    {
        OneLane<TV, TSimd, TCell, TPanel, TChains>.Step(in _cell, (float*)x, (float*)h, (float*)c, (float*)y, scratch);
        GC.KeepAlive(_memory);
    }

    protected override int LargestTile => ManyLanes<TV, TSimd, TCell, TChains>.TileLanes;
}
