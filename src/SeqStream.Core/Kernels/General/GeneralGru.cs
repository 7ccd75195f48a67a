using SeqStream.Cells;

namespace SeqStream.Kernels.General;

/// <summary><see cref="GruCell"/> on vectors. A lane's sums are z, r, the recurrent part of n, h, and n, which becomes h'.</summary>
internal sealed unsafe class GeneralGru : GeneralLayer
{
    private const int Candidate = 2;
    private readonly DenseLayer _gates; // z r over [x | h]
    private readonly DenseLayer _candidate; // n over x, or over [x | r h]
    private readonly DenseLayer? _recurrent; // n over h, if the reset gate acts on the product

    public GeneralGru(CellWeights weights, CellOptions options, KernelChoice choice)
        : base(weights, options, choice, sumVectors: 5)
    {
        _gates = PackGates(weights, choice, Units, 0, 2, inputs: true, hidden: true);
        _candidate = PackGates(weights, choice, Units, Candidate, 1, inputs: true, hidden: !options.LinearBeforeReset);
        _recurrent = options.LinearBeforeReset ? PackGates(weights, choice, Units, Candidate, 1, inputs: false, hidden: true) : null;
    }

    [HotPath]
    protected override void Advance(float* gathered, float* sums, int lanes, byte** rows, int cOffset)
    {
        nint vStride = (nint)GatheredFloats * sizeof(float), sStride = (nint)SumFloats * sizeof(float);
        byte* v = (byte*)gathered, recurrent = (byte*)(sums + 2 * Units), n = (byte*)(sums + 4 * Units);
        _gates.Multiply(v, vStride, lanes, (byte*)sums, sStride);
        _recurrent?.Multiply((byte*)(gathered + InputSize), vStride, lanes, recurrent, sStride);
        for (int m = 0; m < lanes; m++)
        {
            float* z = sums + (nint)m * SumFloats, r = z + Units, kept = z + 3 * Units, h = gathered + (nint)m * GatheredFloats + InputSize;
            Gate(0, z, 2 * Units);
            new ReadOnlySpan<float>(h, HiddenSize).CopyTo(new Span<float>(kept, HiddenSize));
            if (_recurrent is null) Math.Multiply(r, h, h, HiddenSize);
        }
        _candidate.Multiply(v, vStride, lanes, n, sStride);
        for (int m = 0; m < lanes; m++)
        {
            float* z = sums + (nint)m * SumFloats, r = z + Units, part = z + 2 * Units, h = z + 3 * Units, next = z + 4 * Units;
            if (_recurrent is not null) Math.MultiplyAdd(r, part, next, next, Units);
            Gate(1, next, Units);
            Math.Affine(-1, 0, next, part, Units);
            Math.Add(h, part, part, Units);
            Math.MultiplyAdd(z, part, next, next, Units); // n + z (h - n)
        }
    }
}
