using System.Runtime.CompilerServices;
using SeqStream.Kernels.Fused;
using SeqStream.Weights;

namespace SeqStream.Kernels.Small;

/// <summary>
/// The products of an integer form. Gates are computed on vectors of N floats and products on vectors of n, which is N or half of it. A row of activations is
/// the scales of its two parts, then, for 4-bit weights, -8 times the sum of the values of each group, then the values as bytes, inputs first.
/// </summary>
[HotPath]
internal readonly unsafe struct ByteKernel<TG, TGates, TI, TDot, TV, TSimd, TCell, TFormat> : ISmallKernel
    where TG : unmanaged
    where TGates : struct, ISimd<TG>
    where TI : unmanaged
    where TDot : struct, IByteDot<TI, TV>
    where TV : unmanaged
    where TSimd : struct, ISimd<TV>
    where TCell : struct, ICellShape
    where TFormat : struct, IByteFormat
{
    private const int SumsAt = 16;
    private const int NibbleShift = 8;

    /// <summary>Accumulators, the weights of one word and one broadcast fit the registers.</summary>
    public static int TileLanes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => CodeGeneration.HasManyByteRegisters ? 4 : TCell.Gates == 3 ? 3 : 2;
    }

    public static int PanelChunks
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 2 / Runs;
    }

    /// <summary>Runs of a chunk.</summary>
    private static int Runs
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TGates.Width / TSimd.Width;
    }

    private static int Shift
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TFormat.Bits == 8 ? TDot.Shift : 0;
    }

    public static PackedSmall Pack(SmallShape shape, int width, out AlignedBuffer memory)
    {
        StoredMatrix input = shape.Input;
        StoredMatrix? recurrent = shape.Recurrent;
        int word = 32 / TFormat.Bits, n = TSimd.Width;
        PackedSmall packed = new() { Inputs = input.Columns, Units = recurrent?.Columns ?? 0, Chunks = shape.Chunks(width) };
        (packed.InputSlots, packed.UnitSlots) = (RoundUp(packed.Inputs, word), RoundUp(packed.Units, word));
        (packed.InputGroup, packed.InputGroups) = GroupsOf(input, packed.InputSlots);
        (packed.UnitGroup, packed.UnitGroups) = recurrent is null ? (1, 0) : GroupsOf(recurrent, packed.UnitSlots);
        int groups = packed.InputGroups + packed.UnitGroups, runs = packed.Chunks * Runs;
        packed.RunBytes = (nint)(packed.InputSlots + packed.UnitSlots) / word * shape.Gates * n * sizeof(int);
        packed.ScaleStride = (nint)groups * shape.Gates * n;
        packed.SetRow(RoundUp(SumsAt + (TFormat.Bits == 4 ? groups * sizeof(int) : 0), 16), packed.InputSlots + packed.UnitSlots, TileLanes);
        nint weightBytes = runs * packed.RunBytes, scaleBytes = runs * packed.ScaleStride * sizeof(float);
        memory = new AlignedBuffer(weightBytes + 2 * scaleBytes + (nint)packed.Chunks * 4 * width * sizeof(float));
        packed.Weights = memory.Pointer;
        packed.Scales = (float*)(memory.Pointer + weightBytes);
        packed.Corrections = (int*)((byte*)packed.Scales + scaleBytes);
        packed.Bias = (float*)((byte*)packed.Corrections + scaleBytes);
        for (int chunk = 0; chunk < packed.Chunks; chunk++)
        {
            for (int gate = 0; gate < shape.Gates; gate++)
            {
                for (int u = 0; u < width; u++) PackUnit(in packed, shape, width, chunk, gate, u);
            }
            for (int slot = 0; slot < 4; slot++)
            {
                for (int u = 0; u < width; u++) packed.Bias[(chunk * 4 + slot) * width + u] = shape.BiasOf(width, chunk, slot, u);
            }
        }
        return packed;
    }

    [MethodImpl(CodeGeneration.Kernel)]
    public static void Gather(in PackedSmall packed, float* x, float* h, byte* to)
    {
        byte* values = to + packed.ValuesAt;
        *(float*)to = ByteActivations<TG, TGates>.Round(x, packed.Inputs, packed.InputSlots, values, Shift);
        if (packed.Units > 0) *((float*)to + 1) = ByteActivations<TG, TGates>.Round(h, packed.Units, packed.UnitSlots, values + packed.InputSlots, Shift);
        if (TFormat.Bits == 8) return;
        int* sums = (int*)(to + SumsAt);
        sums = SumGroups(values, packed.InputSlots, packed.InputGroup, sums);
        SumGroups(values + packed.InputSlots, packed.UnitSlots, packed.UnitGroup, sums);
    }

    [MethodImpl(CodeGeneration.Kernel)]
    public static void Panel(in PackedSmall packed, int chunk, int count, byte* row, float* sums)
    {
        int wide = TGates.Width, n = TSimd.Width;
        Copy(packed.Bias + chunk * 4 * wide, sums, count * 4 * wide);
        if (Runs == 2) ByteRow<TI, TDot, TV, TSimd, TCell, TFormat, Two>.Dot(in packed, chunk * 2, row, sums, wide, n);
        else if (count == 2) ByteRow<TI, TDot, TV, TSimd, TCell, TFormat, Two>.Dot(in packed, chunk, row, sums, n, 4 * n);
        else ByteRow<TI, TDot, TV, TSimd, TCell, TFormat, One>.Dot(in packed, chunk, row, sums, n, 0);
    }

    [MethodImpl(CodeGeneration.Kernel)]
    public static void Tile(in PackedSmall packed, int chunk, int lanes, byte* rows, float* sums)
    {
        int wide = TGates.Width;
        for (int m = 0; m < lanes; m++) Copy(packed.Bias + chunk * 4 * wide, sums + m * 4 * wide, 4 * wide);
        for (int run = 0; run < Runs; run++, sums += TSimd.Width)
        {
            switch (lanes)
            {
                case 1: Tile<One>(in packed, chunk * Runs + run, rows, sums); break;
                case 2: Tile<Two>(in packed, chunk * Runs + run, rows, sums); break;
                case 3: Tile<Three>(in packed, chunk * Runs + run, rows, sums); break;
                default: Tile<Four>(in packed, chunk * Runs + run, rows, sums); break;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tile<TLanes>(in PackedSmall packed, int run, byte* rows, float* sums)
        where TLanes : struct, ICount
        => ByteTile<TI, TDot, TV, TSimd, TCell, TFormat, TLanes>.Dot(in packed, run, 0, rows, sums, TGates.Width, 4 * TGates.Width);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(float* from, float* to, int count)
    {
        for (int i = 0; i < count; i += TGates.Width) TGates.Store(to + i, TGates.Load(from + i));
    }

    [MethodImpl(CodeGeneration.Kernel)]
    private static int* SumGroups(byte* values, int slots, int group, int* sums)
    {
        int n = TSimd.Width * sizeof(int);
        TI ones = TDot.Set(0x01010101);
        for (byte* all = values + slots; values < all; sums++)
        {
            byte* end = values + group < all ? values + group : all;
            TI wide = TDot.Set(0);
            for (; values <= end - n; values += n) wide = TDot.DotNibbles(wide, TDot.Load(values), ones);
            int sum = TDot.Sum(wide);
            for (; values < end; values++) sum += (sbyte)*values;
            *sums = -NibbleShift * sum;
        }
        return sums;
    }

    private static void PackUnit(in PackedSmall packed, SmallShape shape, int width, int chunk, int gate, int u)
    {
        int row = shape.RowOf(width, chunk, gate, u), n = TSimd.Width;
        if (row < 0) return; // zeros, with scales of zero
        nint run = (nint)chunk * Runs + u / n, at = gate * n + u % n;
        byte* to = packed.Weights + run * packed.RunBytes + at * sizeof(int);
        nint scaleAt = run * packed.ScaleStride + at, rowBytes = (nint)shape.Gates * n * sizeof(int);
        PackRow(in packed, shape.Input, row, to, rowBytes, scaleAt, shape.Gates);
        if (shape.Recurrent is null) return;
        to += packed.InputSlots / (32 / TFormat.Bits) * rowBytes;
        PackRow(in packed, shape.Recurrent, row, to, rowBytes, scaleAt + (nint)packed.InputGroups * shape.Gates * n, shape.Gates);
    }

    private static void PackRow(in PackedSmall packed, StoredMatrix matrix, int row, byte* to, nint rowBytes, nint scaleAt, int gates)
    {
        ReadOnlySpan<sbyte> codes = matrix.Codes.Slice(row * matrix.Columns, matrix.Columns);
        for (int group = 0; group < matrix.Groups; group++, scaleAt += gates * TSimd.Width)
        {
            int from = group * matrix.GroupColumns, end = Math.Min(from + matrix.GroupColumns, codes.Length), sum = 0;
            for (int k = from; k < end; k++) sum += codes[k];
            packed.Scales[scaleAt] = matrix.Scales[row * matrix.Groups + group];
            packed.Corrections[scaleAt] = -Shift * sum;
        }
        if (TFormat.Bits == 8)
        {
            for (int k = 0; k < codes.Length; k++) to[k / 4 * rowBytes + k % 4] = (byte)codes[k];
            return;
        }
        for (int k = 0; k < codes.Length; k++) to[k / 8 * rowBytes + k % 4] |= (byte)((codes[k] + NibbleShift) << (k % 8 < 4 ? 0 : 4));
    }

    private static (int Group, int Groups) GroupsOf(StoredMatrix matrix, int slots) => (Math.Min(RoundUp(matrix.GroupColumns, 32 / TFormat.Bits), slots), matrix.Groups);

    private static int RoundUp(int value, int multiple) => (value + multiple - 1) / multiple * multiple;
}
