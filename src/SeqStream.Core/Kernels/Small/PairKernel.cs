using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.Arm;
using SeqStream.Kernels.Fused;
using SeqStream.Weights;

namespace SeqStream.Kernels.Small;

/// <summary>The products of a 16-bit form. A row of activations is the inputs, then the hidden units, as float32.</summary>
[HotPath]
internal readonly unsafe struct PairKernel<TV, TSimd, TCell, TFormat> : ISmallKernel
    where TV : unmanaged
    where TSimd : struct, ISimd<TV>
    where TCell : struct, ICellShape
    where TFormat : struct, IPairFormat
{
    /// <summary>
    /// Accumulators, the weights of one term, one broadcast value and a mask fit the registers. ARM's instructions take no operand from memory, and widening half precision needs
    /// several: <c>tools/arm64-code</c> found five lanes of it on the stack.
    /// </summary>
    public static int TileLanes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => !CodeGeneration.HasManyRegisters ? (TCell.Gates == 3 ? 3 : 2) : AdvSimd.IsSupported && TFormat.SumScale != 1 ? 4 : TCell.Gates == 3 ? 8 : 6;
    }

    public static int PanelChunks
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => CodeGeneration.HasManyRegisters ? 4 : 2;
    }

    public static PackedSmall Pack(SmallShape shape, int width, out AlignedBuffer memory)
    {
        StoredMatrix input = shape.Input;
        StoredMatrix? recurrent = shape.Recurrent;
        PackedSmall packed = new() { Inputs = input.Columns, Units = recurrent?.Columns ?? 0, Chunks = shape.Chunks(width) };
        (packed.InputSlots, packed.UnitSlots) = ((packed.Inputs + 1) & ~1, (packed.Units + 1) & ~1);
        packed.RunBytes = (nint)(packed.InputSlots + packed.UnitSlots) / 2 * shape.Gates * width * sizeof(uint);
        packed.SetRow(0, (nint)(packed.InputSlots + packed.UnitSlots) * sizeof(float), TileLanes);
        nint weightBytes = packed.Chunks * packed.RunBytes;
        memory = new AlignedBuffer(weightBytes + (nint)packed.Chunks * 4 * width * sizeof(float));
        packed.Weights = memory.Pointer;
        packed.Bias = (float*)(memory.Pointer + weightBytes);
        for (int chunk = 0; chunk < packed.Chunks; chunk++)
        {
            for (int gate = 0; gate < shape.Gates; gate++)
            {
                for (int u = 0; u < width; u++)
                {
                    int row = shape.RowOf(width, chunk, gate, u);
                    if (row < 0) continue;
                    ushort* to = (ushort*)(packed.Weights + chunk * packed.RunBytes) + (gate * width + u) * 2;
                    PackRow(input, row, to, shape.Gates * width);
                    if (recurrent is not null) PackRow(recurrent, row, to + (nint)packed.InputSlots * shape.Gates * width, shape.Gates * width);
                }
            }
            for (int slot = 0; slot < 4; slot++)
            {
                for (int u = 0; u < width; u++) packed.Bias[(chunk * 4 + slot) * width + u] = shape.BiasOf(width, chunk, slot, u) / TFormat.SumScale;
            }
        }
        return packed;
    }

    [MethodImpl(CodeGeneration.Kernel)]
    public static void Gather(in PackedSmall packed, float* x, float* h, byte* to)
    {
        Copy(x, packed.Inputs, packed.InputSlots, (float*)to);
        Copy(h, packed.Units, packed.UnitSlots, (float*)to + packed.InputSlots);
    }

    [MethodImpl(CodeGeneration.Kernel)]
    public static void Panel(in PackedSmall packed, int chunk, int count, byte* row, float* sums)
    {
        switch (count)
        {
            case 1: Dot<One, One>(in packed, chunk, row, sums); break;
            case 2: Dot<Two, One>(in packed, chunk, row, sums); break;
            case 3:
                Dot<Two, One>(in packed, chunk, row, sums);
                Dot<One, One>(in packed, chunk + 2, row, sums + 8 * TSimd.Width);
                break;
            default: Dot<Four, One>(in packed, chunk, row, sums); break;
        }
        if (TFormat.SumScale != 1) Rescale(sums, count);
    }

    [MethodImpl(CodeGeneration.Kernel)]
    public static void Tile(in PackedSmall packed, int chunk, int lanes, byte* rows, float* sums)
    {
        switch (lanes) // what is larger than a tile can be is not compiled
        {
            case 1: Dot<One, One>(in packed, chunk, rows, sums); break;
            case 2: if (TileLanes >= 2) Dot<One, Two>(in packed, chunk, rows, sums); break;
            case 3: if (TileLanes >= 3) Dot<One, Three>(in packed, chunk, rows, sums); break;
            case 4: if (TileLanes >= 4) Dot<One, Four>(in packed, chunk, rows, sums); break;
            case 5: if (TileLanes >= 5) Dot<One, Five>(in packed, chunk, rows, sums); break;
            case 6: if (TileLanes >= 6) Dot<One, Six>(in packed, chunk, rows, sums); break;
            case 7: if (TileLanes >= 7) Dot<One, Seven>(in packed, chunk, rows, sums); break;
            default: if (TileLanes >= 8) Dot<One, Eight>(in packed, chunk, rows, sums); break;
        }
        if (TFormat.SumScale != 1) Rescale(sums, lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Dot<TPanel, TLanes>(in PackedSmall packed, int chunk, byte* rows, float* sums)
        where TPanel : struct, ICount
        where TLanes : struct, ICount
        => PairTile<TV, TSimd, TCell, TFormat, TPanel, TLanes>.Dot(
            packed.Weights + chunk * packed.RunBytes, packed.Weights + chunk * packed.RunBytes, packed.RunBytes, packed.Bias + chunk * 4 * TSimd.Width, rows, packed.RowBytes, packed.InputSlots, packed.UnitSlots, sums);

    [MethodImpl(CodeGeneration.Kernel)]
    private static void Rescale(float* sums, int count)
    {
        TV scale = TSimd.Set(TFormat.SumScale);
        for (float* end = sums + count * 4 * TSimd.Width; sums < end; sums += TSimd.Width) TSimd.Store(sums, TSimd.Mul(scale, TSimd.Load(sums)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(float* from, int count, int slots, float* to)
    {
        TV scale = TSimd.Set(TFormat.ActivationScale);
        int i = 0;
        for (; i <= count - TSimd.Width; i += TSimd.Width) TSimd.Store(to + i, TFormat.ActivationScale == 1 ? TSimd.Load(from + i) : TSimd.Mul(scale, TSimd.Load(from + i)));
        for (; i < count; i++) to[i] = from[i] * TFormat.ActivationScale;
        if (i < slots) to[i] = 0;
    }

    private static void PackRow(StoredMatrix matrix, int row, ushort* to, int rowUnits)
    {
        ReadOnlySpan<ushort> halves = matrix.Halves.Slice(row * matrix.Columns, matrix.Columns);
        for (int k = 0; k < halves.Length; k++) to[(nint)(k >> 1) * 2 * rowUnits + (k & 1)] = halves[k];
    }
}
