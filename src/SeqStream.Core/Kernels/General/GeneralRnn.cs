using SeqStream.Cells;

namespace SeqStream.Kernels.General;

/// <summary><see cref="RnnCell"/> on vectors.</summary>
internal sealed unsafe class GeneralRnn : GeneralLayer
{
    private readonly DenseLayer _product;

    public GeneralRnn(CellWeights weights, CellOptions options, KernelChoice choice)
        : base(weights, options, choice, sumVectors: 1)
    {
        _product = PackGates(weights, choice, Units, 0, 1, inputs: true, hidden: true);
    }

    [HotPath]
    protected override void Advance(float* gathered, float* sums, int lanes, byte** rows, int cOffset)
    {
        _product.Multiply((byte*)gathered, GatheredFloats * sizeof(float), lanes, (byte*)sums, SumFloats * sizeof(float));
        Gate(0, sums, lanes * SumFloats);
    }
}
