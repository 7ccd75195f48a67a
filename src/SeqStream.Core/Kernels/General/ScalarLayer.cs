using SeqStream.Cells;

namespace SeqStream.Kernels.General;

/// <summary>A layer on the specification itself.</summary>
internal sealed unsafe class ScalarLayer(CellWeights weights, CellOptions options) : RecurrentLayer(weights)
{
    private readonly ScalarCell _cell = ScalarCell.Create(weights, options);

    protected override int LargestTile => 1;

    public override nint ScratchBytes(int maxLanes) => (nint)_cell.ScratchFloats * sizeof(float);

    [HotPath]
    public override void Step(
        byte* x, nint xLaneStride, int lanes, byte** rows, int hOffset, int cOffset, byte* y, nint yLaneStride, byte* scratch)
    {
        for (int m = 0; m < lanes; m++)
        {
            Span<float> h = new(rows[m] + hOffset, HiddenSize);
            Span<float> c = Kind == CellKind.Lstm ? new(rows[m] + cOffset, HiddenSize) : default;
            _cell.Step(new(x + m * xLaneStride, InputSize), h, c, new(scratch, _cell.ScratchFloats));
            if (y != null) h.CopyTo(new(y + m * yLaneStride, HiddenSize));
        }
    }
}
