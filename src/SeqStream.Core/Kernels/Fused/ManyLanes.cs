using System.Runtime.CompilerServices;

namespace SeqStream.Kernels.Fused;

/// <summary>
/// One step of many lanes: a register-tiled matrix product with the gates applied tile by tile. The sums read a gathered copy of inputs and
/// hidden units, so the rows are updated in place. A lane's bits do not depend on the number of lanes, its place or its tile's size.
/// </summary>
[HotPath]
internal static unsafe class ManyLanes<TV, TSimd, TCell, TChains>
    where TV : unmanaged
    where TSimd : struct, ISimd<TV>
    where TCell : struct, ICellShape
    where TChains : struct, ICount
{
    /// <summary>Lanes of a full tile: accumulators, the weights of one k and one broadcast value fit the registers.</summary>
    public static int TileLanes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => CodeGeneration.HasManyRegisters
            ? (TChains.Value == 2 ? 3 : TCell.Gates == 3 ? 8 : 6)
            : (TChains.Value == 2 ? 1 : TCell.Gates == 3 ? 3 : 2);
    }

    /// <summary>See <see cref="RecurrentLayer.Step"/>.</summary>
    [MethodImpl(CodeGeneration.Kernel)]
    public static void Step(
        in PackedCell cell, byte* x, nint xLaneStride, int lanes, byte** rows, int hOffset, int cOffset, byte* y, nint yLaneStride, byte* scratch)
    {
        int blocks = (lanes + cell.BlockLanes - 1) / cell.BlockLanes;
        for (int block = 0, from = 0; block < blocks; block++)
        {
            int count = (lanes - from + (blocks - block) - 1) / (blocks - block);
            Gather(in cell, x + from * xLaneStride, xLaneStride, count, rows + from, hOffset, FusedScratch.Gathered(scratch));
            StepBlock(in cell, count, rows + from, hOffset, cOffset, y == null ? null : y + from * yLaneStride, yLaneStride, scratch);
            from += count;
        }
    }

    [MethodImpl(CodeGeneration.Kernel)]
    private static void Gather(in PackedCell cell, byte* x, nint xLaneStride, int count, byte** rows, int hOffset, float* to)
    {
        uint inputBytes = (uint)cell.Inputs * sizeof(float), unitBytes = (uint)cell.Units * sizeof(float);
        for (int m = 0; m < count; m++, x += xLaneStride)
        {
            Unsafe.CopyBlockUnaligned(to, x, inputBytes);
            to += cell.Inputs;
            Unsafe.CopyBlockUnaligned(to, rows[m] + hOffset, unitBytes);
            to += cell.Units;
        }
    }

    [MethodImpl(CodeGeneration.Kernel)]
    private static void StepBlock(in PackedCell cell, int count, byte** rows, int hOffset, int cOffset, byte* y, nint yLaneStride, byte* scratch)
    {
        int n = TSimd.Width, chunks = cell.Chunks, tiles = (count + TileLanes - 1) / TileLanes;
        nint inputs = cell.Inputs, units = cell.Units, k = inputs + units;
        float* sums = FusedScratch.Sums(scratch), tail = FusedScratch.Tail(scratch), gathered = FusedScratch.Gathered(scratch);
        bool backwards = FusedScratch.Reverse(scratch);
        for (int i = 0; i < chunks; i++)
        {
            int chunk = backwards ? chunks - 1 - i : i, unitBytes = chunk * n * sizeof(float), unitsLeft = cell.Units - chunk * n;
            float* w = cell.Weights + chunk * cell.ChunkStride, bias = cell.Bias + chunk * 4 * n;
            for (int tile = 0, m = 0; tile < tiles; tile++)
            {
                int size = (count - m + (tiles - tile) - 1) / (tiles - tile); // nearly equal tiles
                float* v = gathered + m * k;
                FetchState(rows + m, size, hOffset + unitBytes, cOffset + unitBytes);
                switch (size) // what is larger than a tile can be is not compiled
                {
                    case 1: LaneTile<TV, TSimd, TCell, One, TChains>.Dot(w, bias, v, k, inputs, units, sums); break;
                    case 2: if (TileLanes >= 2) LaneTile<TV, TSimd, TCell, Two, TChains>.Dot(w, bias, v, k, inputs, units, sums); break;
                    case 3: if (TileLanes >= 3) LaneTile<TV, TSimd, TCell, Three, TChains>.Dot(w, bias, v, k, inputs, units, sums); break;
                    case 4: if (TileLanes >= 4) LaneTile<TV, TSimd, TCell, Four, TChains>.Dot(w, bias, v, k, inputs, units, sums); break;
                    case 5: if (TileLanes >= 5) LaneTile<TV, TSimd, TCell, Five, TChains>.Dot(w, bias, v, k, inputs, units, sums); break;
                    case 6: if (TileLanes >= 6) LaneTile<TV, TSimd, TCell, Six, TChains>.Dot(w, bias, v, k, inputs, units, sums); break;
                    case 7: if (TileLanes >= 7) LaneTile<TV, TSimd, TCell, Seven, TChains>.Dot(w, bias, v, k, inputs, units, sums); break;
                    default: if (TileLanes >= 8) LaneTile<TV, TSimd, TCell, Eight, TChains>.Dot(w, bias, v, k, inputs, units, sums); break;
                }
                byte* tileY = y == null ? null : y + m * yLaneStride + unitBytes;
                if (unitsLeft >= n) ApplyGates(sums, rows + m, size, hOffset + unitBytes, cOffset + unitBytes, tileY, yLaneStride);
                else ApplyPart(sums, rows + m, size, hOffset + unitBytes, cOffset + unitBytes, tileY, yLaneStride, unitsLeft, tail);
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
    private static void ApplyGates(float* sums, byte** rows, int size, int hOffset, int cOffset, byte* y, nint yLaneStride)
    {
        for (int m = 0; m < size; m++, sums += 4 * TSimd.Width)
        {
            FusedGates<TV, TSimd, TCell>.Apply(sums, (float*)(rows[m] + hOffset), (float*)(rows[m] + cOffset), (float*)y);
            if (y != null) y += yLaneStride;
        }
    }

    [MethodImpl(CodeGeneration.Kernel)]
    private static void ApplyPart(float* sums, byte** rows, int size, int hOffset, int cOffset, byte* y, nint yLaneStride, int units, float* tail)
    {
        for (int m = 0; m < size; m++, sums += 4 * TSimd.Width)
        {
            FusedGates<TV, TSimd, TCell>.ApplyPart(sums, (float*)(rows[m] + hOffset), (float*)(rows[m] + cOffset), (float*)y, units, tail);
            if (y != null) y += yLaneStride;
        }
    }
}
