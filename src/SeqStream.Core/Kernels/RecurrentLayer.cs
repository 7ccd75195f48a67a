using System.Runtime.Intrinsics;
using SeqStream.Cells;
using SeqStream.Kernels.Fused;
using SeqStream.Kernels.General;
using SeqStream.Kernels.Small;

namespace SeqStream.Kernels;

/// <summary>
/// One direction of one recurrent layer, its weights packed for one instruction set: immutable, so any number of threads may step it at once,
/// each with its own scratch memory. The bits that a step gives a lane depend on that lane alone: not on the number of lanes, the lane's
/// place, earlier steps of others, or the thread.
/// </summary>
public abstract unsafe class RecurrentLayer
{
    private protected RecurrentLayer(CellWeights weights)
    {
        Kind = weights.Kind;
        InputSize = weights.InputSize;
        HiddenSize = weights.HiddenSize;
    }

    /// <summary>The cell.</summary>
    public CellKind Kind { get; }

    /// <summary>Features per step.</summary>
    public int InputSize { get; }

    /// <summary>Units.</summary>
    public int HiddenSize { get; }

    /// <summary>Lanes of the largest register tile: a step of more lanes runs code that steps of 1 to this many lanes have run.</summary>
    protected abstract int LargestTile { get; }

    /// <summary>
    /// Packs weights and picks the kernels: fused ones for LSTM and GRU as frameworks use them, in the form in which the weights are stored; general ones for every
    /// other option, on the weights' values in float32.
    /// </summary>
    /// <exception cref="ArgumentException">The options do not fit the cell.</exception>
    public static RecurrentLayer Pack(CellWeights weights, CellOptions options, KernelChoice choice)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(choice);
        return SmallChoice.TryPack(weights, options, choice) ?? choice.InstructionSet switch
        {
            InstructionSet.Vector512 when CodeGeneration.Has512 => Pack<Vector512<float>, Simd512>(weights, options, choice),
            InstructionSet.Vector256 when CodeGeneration.Has256 => Pack<Vector256<float>, Simd256>(weights, options, choice),
            InstructionSet.Vector128 when CodeGeneration.Has128 => Pack<Vector128<float>, Simd128>(weights, options, choice),
            _ => new ScalarLayer(weights, options),
        };
    }

    /// <summary>Bytes of scratch memory, 64-byte aligned, for steps of up to <paramref name="maxLanes"/> lanes.</summary>
    public abstract nint ScratchBytes(int maxLanes);

    /// <summary>Advances lanes by one step. Allocates nothing and does not throw.</summary>
    /// <param name="x">The first lane's features, [input]; must not overlap rows or y.</param>
    /// <param name="xLaneStride">Bytes from a lane's features to the next lane's.</param>
    /// <param name="lanes">Lanes, at least 1.</param>
    /// <param name="rows">[lanes] the lanes' state rows, all distinct.</param>
    /// <param name="hOffset">Byte offset in a row of h, [hidden], updated in place; a multiple of 4.</param>
    /// <param name="cOffset">Byte offset in a row of c, [hidden], updated in place; LSTM only.</param>
    /// <param name="y">The first lane's output, [hidden], gets h'; or null.</param>
    /// <param name="yLaneStride">Bytes from a lane's output to the next lane's.</param>
    /// <param name="scratch">Memory of <see cref="ScratchBytes"/>, zeroed once, then left alone between this layer's steps.</param>
    public abstract void Step(
        byte* x, nint xLaneStride, int lanes, byte** rows, int hOffset, int cOffset, byte* y, nint yLaneStride, byte* scratch);

    /// <summary>Advances one lane, whose h and c lie in one row, as <see cref="Step"/> does.</summary>
    /// <param name="x">[input]</param>
    /// <param name="h">[hidden], updated in place</param>
    /// <param name="c">[hidden], updated in place; LSTM only</param>
    /// <param name="y">[hidden], gets h'; or null</param>
    /// <param name="scratch">As for <see cref="Step"/>.</param>
    public virtual void StepOne(byte* x, byte* h, byte* c, byte* y, byte* scratch) => Step(x, 0, 1, &h, 0, (int)(c - h), y, 0, scratch);

    /// <summary>
    /// Runs the code of steps of up to <paramref name="maxLanes"/> lanes once on zeros, so that it is compiled before the first real step.
    /// </summary>
    public void Prewarm(int maxLanes)
    {
        int lanes = Math.Min(maxLanes, LargestTile + 1);
        nint rowBytes = 2 * (nint)HiddenSize * sizeof(float);
        using AlignedBuffer scratch = new(ScratchBytes(lanes));
        using AlignedBuffer state = new(lanes * rowBytes);
        using AlignedBuffer features = new((nint)InputSize * sizeof(float));
        byte** rows = stackalloc byte*[lanes];
        for (int m = 0; m < lanes; m++) rows[m] = state.Pointer + m * rowBytes;
        for (int count = 1; count <= lanes; count++)
        {
            Step(features.Pointer, 0, count, rows, 0, HiddenSize * sizeof(float), null, 0, scratch.Pointer);
        }
    }

    private static RecurrentLayer Pack<TV, TSimd>(CellWeights weights, CellOptions options, KernelChoice choice)
        where TV : unmanaged
        where TSimd : struct, ISimd<TV>
        => options.IsPlain(weights) ? FusedChoice<TV, TSimd>.Pack(weights) : weights.Kind switch
        {
            CellKind.Rnn => new GeneralRnn(weights, options, choice),
            CellKind.Gru => new GeneralGru(weights, options, choice),
            _ => new GeneralLstm(weights, options, choice),
        };
}
