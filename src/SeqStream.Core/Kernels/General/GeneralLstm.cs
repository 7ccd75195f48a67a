using SeqStream.Cells;

namespace SeqStream.Kernels.General;

/// <summary><see cref="LstmCell"/> on vectors. A lane's sums are i, o, f, g, c, and h'.</summary>
internal sealed unsafe class GeneralLstm : GeneralLayer
{
    private const int Sums = 6;
    private readonly DenseLayer _gates; // i o f g over [x | h]
    private readonly AlignedBuffer? _peepholes; // [3, units] rows i o f
    private readonly bool _inputForget;

    public GeneralLstm(CellWeights weights, CellOptions options, KernelChoice choice)
        : base(weights, options, choice, Sums)
    {
        _gates = PackGates(weights, choice, Units, 0, 4, inputs: true, hidden: true);
        _inputForget = options.InputForget;
        _peepholes = weights.Peepholes is null ? null : PackPeepholes(weights.Peepholes);
    }

    [HotPath]
    protected override void Advance(float* gathered, float* sums, int lanes, byte** rows, int cOffset)
    {
        _gates.Multiply((byte*)gathered, GatheredFloats * sizeof(float), lanes, (byte*)sums, SumFloats * sizeof(float));
        for (int m = 0; m < lanes; m++)
        {
            float* i = sums + (nint)m * SumFloats, o = i + Units, f = o + Units, g = f + Units, c = g + Units, h = c + Units;
            Span<float> row = new((float*)(rows[m] + cOffset), HiddenSize);
            row.CopyTo(new Span<float>(c, HiddenSize));
            new Span<float>(c + HiddenSize, Units - HiddenSize).Clear();
            AddPeephole(0, c, i);
            Gate(0, i, Units);
            if (_inputForget)
            {
                Math.Affine(-1, 1, i, f, Units);
            }
            else
            {
                AddPeephole(2, c, f);
                Gate(0, f, Units);
            }
            Gate(1, g, Units);
            Math.Multiply(i, g, g, Units);
            Math.MultiplyAdd(f, c, g, c, Units);
            new ReadOnlySpan<float>(c, HiddenSize).CopyTo(row);
            AddPeephole(1, c, o);
            Gate(0, o, Units);
            Activate(2, c, h);
            Math.Multiply(o, h, h, Units);
        }
        GC.KeepAlive(_peepholes);
    }

    private AlignedBuffer PackPeepholes(float[] peepholes)
    {
        AlignedBuffer packed = new((nint)3 * Units * sizeof(float));
        for (int row = 0; row < 3; row++) peepholes.AsSpan(row * HiddenSize, HiddenSize).CopyTo(new Span<float>(packed.Floats + row * Units, HiddenSize));
        return packed;
    }

    /// <summary>gate += P c.</summary>
    private void AddPeephole(int row, float* c, float* gate)
    {
        if (_peepholes is not null) Math.MultiplyAdd(_peepholes.Floats + row * Units, c, gate, gate, Units);
    }
}
