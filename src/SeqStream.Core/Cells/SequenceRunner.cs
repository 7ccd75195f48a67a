using System.Collections.Immutable;
using SeqStream.Kernels;

namespace SeqStream.Cells;

/// <summary>
/// A recurrent operator on whole sequences, with the complete ONNX semantics of RNN, GRU and LSTM: both directions, both layouts, initial states,
/// sequence lengths. Immutable; any number of threads may run it at once, each with its own scratch memory. A run allocates nothing.
/// </summary>
public sealed unsafe class SequenceRunner
{
    private readonly SequenceDirection _direction;
    private readonly bool _batchFirst;

    /// <summary>Creates a runner on packed layers.</summary>
    /// <param name="direction">Which way to walk.</param>
    /// <param name="layers">One layer, or for both directions the forward and the reverse one, of equal cell and sizes.</param>
    /// <param name="layout">ONNX's layout: 0, or 1 for batch first.</param>
    /// <exception cref="ArgumentException">The layers do not fit the direction or each other, or the layout is neither 0 nor 1.</exception>
    public SequenceRunner(SequenceDirection direction, ImmutableArray<RecurrentLayer> layers, int layout)
    {
        int expected = direction == SequenceDirection.Bidirectional ? 2 : 1;
        if (layers.Length != expected) throw new ArgumentException($"Direction {direction} needs {expected} layers, but {layers.Length} were given.", nameof(layers));
        if (layout is not (0 or 1)) throw new ArgumentException($"Layout is {layout}; expected 0 or 1.", nameof(layout));
        if (layers[^1].Kind != layers[0].Kind || layers[^1].InputSize != layers[0].InputSize || layers[^1].HiddenSize != layers[0].HiddenSize)
        {
            throw new ArgumentException("Both directions must have the same cell, inputs and units.", nameof(layers));
        }
        _direction = direction;
        _batchFirst = layout == 1;
        Layers = layers;
    }

    /// <summary>The layers, forward first.</summary>
    public ImmutableArray<RecurrentLayer> Layers { get; }

    /// <summary>1, or 2 for both directions.</summary>
    public int Directions => Layers.Length;

    /// <summary>Packs one direction's weights and options each for one instruction set and creates a runner on them.</summary>
    /// <exception cref="ArgumentException">See the constructor and <see cref="RecurrentLayer.Pack"/>.</exception>
    public static SequenceRunner Pack(
        SequenceDirection direction, ImmutableArray<CellWeights> weights, ImmutableArray<CellOptions> options, int layout, KernelChoice choice)
        => new(direction, [.. weights.Zip(options, (w, o) => RecurrentLayer.Pack(w, o, choice))], layout);

    /// <summary>Bytes of scratch memory, 64-byte aligned and zeroed once, for runs of up to <paramref name="batch"/> sequences.</summary>
    public nint ScratchBytes(int batch)
    {
        nint bytes = StateBytes(batch);
        foreach (RecurrentLayer layer in Layers) bytes += Align(layer.ScratchBytes(batch));
        return bytes;
    }

    /// <summary>Runs all sequences.</summary>
    /// <param name="buffers">Inputs and outputs.</param>
    /// <param name="steps">T, at least 0.</param>
    /// <param name="batch">B, at least 1.</param>
    /// <param name="scratch">Memory of <see cref="ScratchBytes"/>.</param>
    public void Run(in SequenceBuffers buffers, int steps, int batch, byte* scratch)
    {
        byte* layerScratch = scratch + StateBytes(batch);
        for (int d = 0; d < Directions; d++)
        {
            RecurrentLayer layer = Layers[d];
            int rowFloats = 2 * layer.HiddenSize;
            byte** rows = (byte**)scratch;
            float* state = (float*)(scratch + Align((nint)batch * sizeof(byte*)));
            for (int b = 0; b < batch; b++) rows[b] = (byte*)(state + (nint)b * rowFloats);
            Begin(in buffers, layer, d, batch, state, rowFloats);
            bool reverse = d == 1 || _direction == SequenceDirection.Reverse;
            for (int i = 0; i < steps; i++) Step(in buffers, layer, d, reverse ? steps - 1 - i : i, steps, batch, rows, layerScratch);
            End(in buffers, layer, d, batch, state, rowFloats);
            layerScratch += Align(layer.ScratchBytes(batch));
        }
    }

    private static nint Align(nint bytes) => (bytes + AlignedBuffer.Alignment - 1) & ~(nint)(AlignedBuffer.Alignment - 1);

    /// <summary>Pointers to state rows, then the rows: [batch, h c].</summary>
    private nint StateBytes(int batch) => Align((nint)batch * sizeof(byte*)) + Align((nint)batch * 2 * Layers[0].HiddenSize * sizeof(float));

    private void Begin(in SequenceBuffers buffers, RecurrentLayer layer, int d, int batch, float* state, int rowFloats)
    {
        int h = layer.HiddenSize;
        for (int b = 0; b < batch; b++, state += rowFloats)
        {
            CopyOrClear(buffers.InitialH == null ? null : buffers.InitialH + StateAt(d, b, batch, h), state, h);
            CopyOrClear(buffers.InitialC == null ? null : buffers.InitialC + StateAt(d, b, batch, h), state + h, h);
        }
    }

    /// <summary>One step of time: sequences that have it are stepped, in runs of neighbours; the others' outputs are cleared.</summary>
    private void Step(in SequenceBuffers buffers, RecurrentLayer layer, int d, int t, int steps, int batch, byte** rows, byte* scratch)
    {
        int inputs = layer.InputSize, h = layer.HiddenSize, cOffset = h * sizeof(float);
        nint xStride = (_batchFirst ? (nint)steps * inputs : inputs) * sizeof(float);
        nint yStride = (_batchFirst ? (nint)steps * Directions * h : h) * sizeof(float);
        byte* x = (byte*)(buffers.X + (_batchFirst ? (nint)t * inputs : (nint)t * batch * inputs));
        byte* y = buffers.Y == null ? null : (byte*)(buffers.Y + (_batchFirst ? ((nint)t * Directions + d) * h : ((nint)t * Directions + d) * batch * h));
        for (int from = 0, to; from < batch; from = to)
        {
            to = from;
            while (to < batch && (buffers.Lengths == null || t < buffers.Lengths[to])) to++;
            byte* laneY = y == null ? null : y + from * yStride;
            if (to > from)
            {
                layer.Step(x + from * xStride, xStride, to - from, rows + from, 0, cOffset, laneY, yStride, scratch);
            }
            else
            {
                if (laneY != null) CopyOrClear(null, (float*)laneY, h);
                to++;
            }
        }
    }

    private void End(in SequenceBuffers buffers, RecurrentLayer layer, int d, int batch, float* state, int rowFloats)
    {
        int h = layer.HiddenSize;
        for (int b = 0; b < batch; b++, state += rowFloats)
        {
            bool hasSteps = buffers.Lengths == null || buffers.Lengths[b] > 0;
            if (buffers.FinalH != null) CopyOrClear(hasSteps ? state : null, buffers.FinalH + StateAt(d, b, batch, h), h);
            if (buffers.FinalC != null) CopyOrClear(hasSteps ? state + h : null, buffers.FinalC + StateAt(d, b, batch, h), h);
        }
    }

    private nint StateAt(int d, int b, int batch, int h) => (_batchFirst ? (nint)b * Directions + d : (nint)d * batch + b) * h;

    private static void CopyOrClear(float* from, float* to, int count)
    {
        Span<float> target = new(to, count);
        if (from == null) target.Clear();
        else new ReadOnlySpan<float>(from, count).CopyTo(target);
    }
}
