using SeqStream.Cells;
using SeqStream.Weights;

namespace SeqStream.Kernels;

/// <summary>A random layer, random inputs and random starting states, and ways to step them.</summary>
internal sealed unsafe class LayerProblem
{
    private const float Guard = 123.25f;
    private const int GuardFloats = 19;
    private readonly Random _random;

    public LayerProblem(CellKind kind, int seed, CellOptions? options = null, int? input = null, int? hidden = null, bool peepholes = false)
    {
        _random = new Random(seed);
        int[] sizes = [1, 2, 3, 5, 7, 8, 15, 16, 17, 24, 31, 32, 33, 40, 48, 64, 65, 100, 129, 144];
        int i = input ?? sizes[_random.Next(sizes.Length)], h = hidden ?? sizes[_random.Next(sizes.Length)];
        int gates = kind switch { CellKind.Rnn => 1, CellKind.Gru => 3, _ => 4 };
        float bound = 1.5f / MathF.Sqrt(i + h);
        Weights = new CellWeights(
            kind, i, h, Uniform(gates * h * i, bound), Uniform(gates * h * h, bound),
            _random.Next(4) == 0 ? null : Uniform(2 * gates * h, 1), peepholes ? Uniform(3 * h, 1) : null);
        Options = options ?? new CellOptions { LinearBeforeReset = true };
    }

    public CellWeights Weights { get; private set; }

    /// <summary>A problem large enough for kernels of small weights, of odd sizes.</summary>
    public static LayerProblem Large(CellKind kind, int seed)
    {
        const int LeastElements = 12 * 1024;
        Random random = new(seed);
        int[] sizes = [5, 7, 16, 17, 31, 33, 48, 64, 65, 100, 129, 144];
        int hidden = sizes[random.Next(sizes.Length)], gates = kind switch { CellKind.Rnn => 1, CellKind.Gru => 3, _ => 4 };
        int least = Math.Max(1, (LeastElements + gates * hidden - 1) / (gates * hidden) - hidden);
        return new LayerProblem(kind, seed, input: least + random.Next(9), hidden: hidden);
    }

    /// <summary>The same problem with its weights rounded to a form.</summary>
    public LayerProblem To(WeightForm form)
    {
        Weights = Weights.To(form);
        Assert.Equal(form, Weights.Form);
        return this;
    }

    public CellOptions Options { get; }

    public int Next(int below) => _random.Next(below);

    public float[] Uniform(int count, float bound) => [.. Enumerable.Range(0, count).Select(_ => (2 * _random.NextSingle() - 1) * bound)];

    public int[] Shuffle(int count)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        _random.Shuffle(order);
        return order;
    }

    /// <summary>Floats of one state row: a gap, h, a gap, c, a guard.</summary>
    public int RowFloats => 2 * Weights.HiddenSize + HOffset / 4 + 1 + GuardFloats;

    public int HOffset => 8;

    public int COffset => HOffset + Weights.HiddenSize * 4 + 4;

    /// <summary>Rows of random states in one array; what is not state is a guard value.</summary>
    public float[] RandomRows(int streams)
    {
        float[] rows = new float[streams * RowFloats];
        Array.Fill(rows, Guard);
        for (int s = 0; s < streams; s++)
        {
            Uniform(Weights.HiddenSize, 1).CopyTo(rows, s * RowFloats + HOffset / 4);
            if (Weights.Kind == CellKind.Lstm) Uniform(Weights.HiddenSize, 2).CopyTo(rows, s * RowFloats + COffset / 4);
        }
        return rows;
    }

    /// <summary>Steps some streams of <paramref name="rows"/>; returns y, [lanes, hidden]. Checks that nothing else is touched.</summary>
    public float[] Step(RecurrentLayer layer, float[] x, float[] rows, int[] streams, AlignedBuffer scratch, bool wantY = true)
    {
        int h = Weights.HiddenSize, yStride = h + GuardFloats;
        float[] y = new float[streams.Length * yStride + 1];
        Array.Fill(y, Guard);
        byte** pointers = stackalloc byte*[streams.Length];
        fixed (float* px = x, prows = rows, py = y)
        {
            for (int m = 0; m < streams.Length; m++) pointers[m] = (byte*)(prows + streams[m] * RowFloats);
            layer.Step((byte*)px, Weights.InputSize * 4, streams.Length, pointers, HOffset, COffset, wantY ? (byte*)py : null, yStride * 4, scratch.Pointer);
        }
        float[] dense = new float[streams.Length * h];
        for (int m = 0; m < streams.Length; m++)
        {
            y.AsSpan(m * yStride, h).CopyTo(dense.AsSpan(m * h));
            Assert.All(y[(m * yStride + h)..((m + 1) * yStride)], static v => Assert.Equal(Guard, v));
        }
        return dense;
    }

    /// <summary>Everything in the rows that is not h or c still has its guard value.</summary>
    public void AssertGuards(float[] rows)
    {
        int h = Weights.HiddenSize;
        for (int i = 0; i < rows.Length; i++)
        {
            int at = i % RowFloats - HOffset / 4;
            bool state = (at >= 0 && at < h) || (Weights.Kind == CellKind.Lstm && at >= h + 1 && at < 2 * h + 1);
            if (!state && rows[i] != Guard) Assert.Fail($"Float {i % RowFloats} of row {i / RowFloats} was written.");
        }
    }
}
