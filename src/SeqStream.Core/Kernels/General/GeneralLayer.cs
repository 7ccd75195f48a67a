using System.Runtime.CompilerServices;
using SeqStream.Cells;

namespace SeqStream.Kernels.General;

/// <summary>
/// A layer with any options: products on dense layers over [x | h], gates as passes over a lane's sums. Units are filled up to whole vectors
/// (at most 16 floats) in the sums, never in the state rows.
/// </summary>
internal abstract unsafe class GeneralLayer : RecurrentLayer
{
    private const int BlockLanes = 24;
    private const int UnitMultiple = 16;
    private readonly float _clip;
    private readonly CellActivation[] _activations;

    protected GeneralLayer(CellWeights weights, CellOptions options, KernelChoice choice, int sumVectors)
        : base(weights)
    {
        Units = (HiddenSize + UnitMultiple - 1) / UnitMultiple * UnitMultiple;
        Math = VectorMath.For(choice);
        SumFloats = sumVectors * Units;
        _activations = [.. options.ActivationsOf(weights.Kind)];
        if (!(options.Clip >= 0)) throw new ArgumentException($"Clip is {options.Clip}; expected 0 (none) or a positive bound.", nameof(options));
        _clip = options.Clip;
    }

    /// <summary>Hidden units, filled up.</summary>
    protected int Units { get; }

    /// <summary>Floats of one lane's gathered [x | h].</summary>
    protected int GatheredFloats => InputSize + HiddenSize;

    /// <summary>Floats of one lane's sums: the vectors of units that <see cref="Advance"/> works on, the last of which gets h'.</summary>
    protected int SumFloats { get; }

    protected VectorMath Math { get; }

    protected override int LargestTile => 6;

    public override nint ScratchBytes(int maxLanes) => (nint)System.Math.Min(maxLanes, BlockLanes) * (GatheredFloats + SumFloats) * sizeof(float) + AlignedBuffer.Alignment;

    [HotPath]
    [MethodImpl(CodeGeneration.Kernel)]
    public override void Step(
        byte* x, nint xLaneStride, int lanes, byte** rows, int hOffset, int cOffset, byte* y, nint yLaneStride, byte* scratch)
    {
        uint inputBytes = (uint)InputSize * sizeof(float), hiddenBytes = (uint)HiddenSize * sizeof(float);
        int count;
        for (int from = 0; from < lanes; from += count)
        {
            count = System.Math.Min(BlockLanes, lanes - from);
            float* sums = (float*)scratch, gathered = sums + (nint)count * SumFloats;
            for (int m = 0; m < count; m++)
            {
                float* v = gathered + (nint)m * GatheredFloats;
                Unsafe.CopyBlockUnaligned(v, x + (from + m) * xLaneStride, inputBytes);
                Unsafe.CopyBlockUnaligned(v + InputSize, rows[from + m] + hOffset, hiddenBytes);
            }
            Advance(gathered, sums, count, rows + from, cOffset);
            for (int m = 0; m < count; m++)
            {
                float* next = sums + (nint)(m + 1) * SumFloats - Units;
                Unsafe.CopyBlockUnaligned(rows[from + m] + hOffset, next, hiddenBytes);
                if (y != null) Unsafe.CopyBlockUnaligned(y + (from + m) * yLaneStride, next, hiddenBytes);
            }
        }
    }

    /// <summary>Computes h' of gathered lanes into the last vector of units of their sums; LSTM also updates c in the rows.</summary>
    /// <param name="gathered">[lanes, input + hidden], may be overwritten</param>
    /// <param name="sums">[lanes, <see cref="SumFloats"/>]</param>
    /// <param name="lanes">Lanes of the block.</param>
    /// <param name="rows">[lanes] state rows</param>
    /// <param name="cOffset">Byte offset of c in a row.</param>
    protected abstract void Advance(float* gathered, float* sums, int lanes, byte** rows, int cOffset);

    /// <summary>A dense layer whose columns are gates of the filled-up units, and whose k are the inputs, the hidden units, or both.</summary>
    protected static DenseLayer PackGates(CellWeights weights, KernelChoice choice, int units, int firstGate, int gates, bool inputs, bool hidden)
    {
        int input = inputs ? weights.InputSize : 0, k = input + (hidden ? weights.HiddenSize : 0), h = weights.HiddenSize;
        float[] packed = new float[(long)gates * units * k];
        float[] bias = new float[gates * units];
        for (int gate = 0; gate < gates; gate++)
        {
            for (int unit = 0; unit < h; unit++)
            {
                int row = (firstGate + gate) * h + unit;
                Span<float> to = packed.AsSpan((gate * units + unit) * k, k);
                if (inputs) weights.Input.AsSpan(row * weights.InputSize, weights.InputSize).CopyTo(to);
                if (hidden) weights.Recurrent.AsSpan(row * h, h).CopyTo(to[input..]);
                if (weights.Bias is null) continue;
                bias[gate * units + unit] = (inputs ? weights.Bias[row] : 0) + (hidden ? weights.Bias[weights.Gates * h + row] : 0);
            }
        }
        return DenseLayer.Pack(packed, k, gates * units, transposed: true, bias, choice);
    }

    /// <summary>p = activation(clip(p)), on whole vectors of units.</summary>
    protected void Gate(int activation, float* p, int count)
    {
        if (_clip > 0) Math.Clamp(-_clip, _clip, p, p, count);
        Math.Activate(_activations[activation], p, p, count);
    }

    /// <summary>y = activation(x) without clip.</summary>
    protected void Activate(int activation, float* x, float* y) => Math.Activate(_activations[activation], x, y, Units);
}
