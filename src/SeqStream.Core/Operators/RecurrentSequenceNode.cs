using System.Collections.Immutable;
using SeqStream.Cells;
using SeqStream.Kernels;
using SeqStream.Plan;

namespace SeqStream.Operators;

/// <summary>
/// Runs a recurrent layer over whole sequences inside one step and keeps nothing, with the full semantics of ONNX RNN, GRU and LSTM:
/// one or two directions, initial states, sequence lengths, both layouts.
/// </summary>
public sealed unsafe class RecurrentSequenceNode : StepNode
{
    /// <summary>Creates the node.</summary>
    /// <param name="name">The node's name in the model.</param>
    /// <param name="directions">One direction, or forward and reverse, with equal sizes.</param>
    /// <param name="isBatchFirst">Layout 1: X [batch, steps, input], Y [batch, steps, directions, hidden], states [batch, directions, hidden].
    /// Otherwise X [steps, batch, input], Y [steps, directions, batch, hidden], states [directions, batch, hidden].</param>
    /// <param name="x">float32, 3 dimensions</param>
    /// <param name="lengths">int32 [batch] steps of each sequence; lengths outside 0 to steps are taken as the nearest of these; or null for all.</param>
    /// <param name="initialH">h before the first step; null for zeros.</param>
    /// <param name="initialC">c before the first step; null for zeros.</param>
    /// <param name="y">Gets h of every step, zeros beyond a sequence's end; or null.</param>
    /// <param name="finalH">Gets h after the last step of each direction; or null.</param>
    /// <param name="finalC">Gets c after the last step of each direction; LSTM only; or null.</param>
    /// <exception cref="ArgumentException">A wire has another size or type than the cell.</exception>
    public RecurrentSequenceNode(
        string name, ImmutableArray<RecurrentDirection> directions, bool isBatchFirst, Wire x, Wire? lengths, Wire? initialH, Wire? initialC, Wire? y, Wire? finalH, Wire? finalC)
        : base(name, RecurrentNames.OperatorOf(directions[0].Weights), [x, lengths, initialH, initialC], [y, finalH, finalC])
    {
        Directions = directions;
        IsBatchFirst = isBatchFirst;
        CellWeights weights = directions[0].Weights;
        Steps = x.Shape[isBatchFirst ? 1 : 0];
        Batch = x.Shape[isBatchFirst ? 0 : 1];
        int states = directions.Length * Batch * weights.HiddenSize;
        RecurrentNames.Expect(name, x, Steps * Batch * weights.InputSize);
        RecurrentNames.Expect(name, y, Steps * states);
        foreach (Wire? wire in (ReadOnlySpan<Wire?>)[initialH, initialC, finalH, finalC]) RecurrentNames.Expect(name, wire, states);
        if (lengths is not null && (lengths.Type != ElementType.Int32 || lengths.Shape.ElementCount != Batch)) throw new ArgumentException($"Node '{name}': sequence lengths are {lengths}, expected int32 [{Batch}].");
        if (weights.Kind != CellKind.Lstm && (initialC ?? finalC) is not null) throw new ArgumentException($"Node '{name}': a {weights.Kind} cell has no c.");
    }

    /// <summary>One direction, or forward and reverse.</summary>
    public ImmutableArray<RecurrentDirection> Directions { get; }

    /// <summary>True for layout 1.</summary>
    public bool IsBatchFirst { get; }

    /// <summary>Steps of the sequences.</summary>
    public int Steps { get; }

    /// <summary>Sequences.</summary>
    public int Batch { get; }

    /// <inheritdoc/>
    public override ImmutableArray<float[]> OwnWeights => [.. Directions.SelectMany(static direction => direction.Weights.Arrays)];

    /// <inheritdoc/>
    public override long Operations => Directions.Length * (long)Steps * Batch * RecurrentNames.OperationsOf(Directions[0].Weights);

    /// <inheritdoc/>
    public override string Attributes
        => $"steps={Steps} batch={Batch}{(IsBatchFirst ? " layout=1" : "")} {string.Join(" | ", Directions.Select(static d => (d.IsReverse ? "reverse " : "forward ") + RecurrentNames.Describe(d.Weights, d.Options)))}";

    /// <inheritdoc/>
    public override NodeKernel Bind(KernelChoice choice, PlanSlots slots) => new Kernel(this, choice, slots);

    /// <summary>Treats the sequences of one lane as the lanes of the layer. Scratch: row pointers, rows of h and c, then each direction's layer's.</summary>
    [HotPath]
    private sealed class Kernel : NodeKernel
    {
        private readonly RecurrentLayer[] _layers;
        private readonly bool[] _isReverse;
        private readonly nint[] _layerScratch;
        private readonly WireSlot _x, _lengths, _initialH, _initialC, _y, _finalH, _finalC;
        private readonly int _steps, _batch, _hiddenBytes;
        private readonly nint _xStepStride, _xBatchStride, _yStepStride, _yBatchStride, _yDirectionStride, _stateStride, _stateDirectionStride;
        private readonly bool _hasCell;
        private readonly nint _layerScratchBytes;

        public Kernel(RecurrentSequenceNode node, KernelChoice choice, PlanSlots slots)
        {
            int count = node.Directions.Length;
            _layers = [.. node.Directions.Select(direction => RecurrentLayer.Pack(direction.Weights, direction.Options, choice))];
            _isReverse = [.. node.Directions.Select(static direction => direction.IsReverse)];
            _layerScratch = [.. _layers.Select(layer => RecurrentNames.RoundUp(layer.ScratchBytes(Math.Max(node.Batch, 1))))];
            foreach (nint bytes in _layerScratch) _layerScratchBytes += bytes;
            (_x, _lengths, _initialH, _initialC) = (slots.Of(node.Inputs[0]), slots.Of(node.Inputs[1]), slots.Of(node.Inputs[2]), slots.Of(node.Inputs[3]));
            (_y, _finalH, _finalC) = (slots.Of(node.Outputs[0]), slots.Of(node.Outputs[1]), slots.Of(node.Outputs[2]));
            (_steps, _batch) = (node.Steps, node.Batch);
            _hiddenBytes = node.Directions[0].Weights.HiddenSize * sizeof(float);
            _hasCell = node.Directions[0].Weights.Kind == CellKind.Lstm;
            nint inputBytes = node.Directions[0].Weights.InputSize * sizeof(float), hiddenBytes = _hiddenBytes;
            if (node.IsBatchFirst)
            {
                (_xStepStride, _xBatchStride) = (inputBytes, _steps * inputBytes);
                (_yStepStride, _yBatchStride, _yDirectionStride) = (count * hiddenBytes, _steps * count * hiddenBytes, hiddenBytes);
                (_stateStride, _stateDirectionStride) = (count * hiddenBytes, hiddenBytes);
            }
            else
            {
                (_xStepStride, _xBatchStride) = (_batch * inputBytes, inputBytes);
                (_yStepStride, _yBatchStride, _yDirectionStride) = (count * _batch * hiddenBytes, hiddenBytes, _batch * hiddenBytes);
                (_stateStride, _stateDirectionStride) = (hiddenBytes, _batch * hiddenBytes);
            }
        }

        private nint RowBytes => RecurrentNames.RoundUp(2 * _hiddenBytes);

        public override nint ScratchBytes(int maxLanes) => RecurrentNames.RoundUp(_batch * sizeof(byte*)) + _batch * RowBytes + _layerScratchBytes;

        public override void Run(in StepContext context)
        {
            for (int lane = 0; lane < context.Lanes; lane++)
            {
                byte* layerScratch = context.Scratch + RecurrentNames.RoundUp(_batch * sizeof(byte*)) + _batch * RowBytes;
                for (int direction = 0; direction < _layers.Length; direction++)
                {
                    RunDirection(in context, lane, direction, layerScratch);
                    layerScratch += _layerScratch[direction];
                }
            }
        }

        private void RunDirection(in StepContext context, int lane, int direction, byte* layerScratch)
        {
            byte** rows = (byte**)context.Scratch;
            byte* at = context.Scratch + RecurrentNames.RoundUp(_batch * sizeof(byte*));
            for (int sequence = 0; sequence < _batch; sequence++, at += RowBytes)
            {
                rows[sequence] = at;
                CopyIn(in context, _initialH, lane, direction, sequence, at);
                CopyIn(in context, _initialC, lane, direction, sequence, at + _hiddenBytes);
            }
            RecurrentLayer layer = _layers[direction];
            if (_lengths.IsPresent)
            {
                for (int sequence = 0; sequence < _batch; sequence++) RunSequences(in context, layer, lane, direction, sequence, 1, LengthOf(in context, lane, sequence), rows, layerScratch);
            }
            else if (_batch > 0)
            {
                RunSequences(in context, layer, lane, direction, 0, _batch, _steps, rows, layerScratch);
            }
            for (int sequence = 0; sequence < _batch; sequence++)
            {
                CopyOut(in context, _finalH, lane, direction, sequence, rows[sequence]);
                if (_hasCell) CopyOut(in context, _finalC, lane, direction, sequence, rows[sequence] + _hiddenBytes);
            }
        }

        /// <summary>Runs sequences of one length, side by side, and clears their outputs beyond it.</summary>
        private void RunSequences(in StepContext context, RecurrentLayer layer, int lane, int direction, int first, int count, int length, byte** rows, byte* layerScratch)
        {
            byte* x = context.At(_x, lane) + first * _xBatchStride;
            byte* y = _y.IsPresent ? context.At(_y, lane) + direction * _yDirectionStride + first * _yBatchStride : null;
            for (int index = 0; index < length; index++)
            {
                int step = _isReverse[direction] ? length - 1 - index : index;
                byte* stepY = y is null ? null : y + step * _yStepStride;
                layer.Step(x + step * _xStepStride, _xBatchStride, count, rows + first, 0, _hiddenBytes, stepY, _yBatchStride, layerScratch);
            }
            for (int step = length; y is not null && step < _steps; step++)
            {
                for (int sequence = 0; sequence < count; sequence++) new Span<byte>(y + step * _yStepStride + sequence * _yBatchStride, _hiddenBytes).Clear();
            }
        }

        private int LengthOf(in StepContext context, int lane, int sequence) => Math.Clamp(((int*)context.At(_lengths, lane))[sequence], 0, _steps);

        private void CopyIn(in StepContext context, WireSlot from, int lane, int direction, int sequence, byte* to)
        {
            if (from.IsPresent) Buffer.MemoryCopy(context.At(from, lane) + direction * _stateDirectionStride + sequence * _stateStride, to, _hiddenBytes, _hiddenBytes);
            else new Span<byte>(to, _hiddenBytes).Clear();
        }

        private void CopyOut(in StepContext context, WireSlot to, int lane, int direction, int sequence, byte* from)
        {
            if (to.IsPresent) Buffer.MemoryCopy(from, context.At(to, lane) + direction * _stateDirectionStride + sequence * _stateStride, _hiddenBytes, _hiddenBytes);
        }
    }
}
