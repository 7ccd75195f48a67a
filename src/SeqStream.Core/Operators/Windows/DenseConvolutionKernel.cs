using System.Runtime.CompilerServices;
using SeqStream.Kernels;
using SeqStream.Plan;

namespace SeqStream.Operators.Windows;

/// <summary>
/// float32 convolution with weights known when the plan is built: what lies under the window at each place becomes a row, rows of all lanes and images
/// are multiplied with the packed weights a few at a time, and the results are written to their channels.
/// </summary>
internal sealed unsafe class DenseConvolutionKernel : NodeKernel
{
    private const int ChunkRows = 32;
    private readonly WireSlot _input;
    private readonly WireSlot _output;
    private readonly DenseLayer[] _groups; // [groups]
    private readonly int[] _sources;       // [places, kernel] of the kernel elements that meet the input anywhere
    private readonly PlaceRun[]? _runs;    // [places] the same where each is a run, else null
    private readonly int _images;
    private readonly int _groupChannels;
    private readonly int _inputCount;
    private readonly int _kernelCount;
    private readonly int _places;
    private readonly int _rowLength;  // groupChannels * kernel
    private readonly int _outputs;    // output channels of a group
    private readonly bool _isOneRow;  // one place, whose window is the whole input: the input already is the row

    public DenseConvolutionKernel(ConvolutionNode node, KernelChoice choice, PlanSlots slots)
    {
        (_input, _output) = (slots.Of(node.Inputs[0]), slots.Of(node.Outputs[0]));
        int[] used = UsedElements(node.Window, out _sources);
        _runs = PlaceRun.TryFind(_sources, used.Length);
        _images = node.Inputs[0]!.Shape[0];
        _groupChannels = node.Inputs[1]!.Shape[1];
        (_inputCount, _kernelCount, _places) = (node.Window.InputCount, used.Length, node.Window.OutputCount);
        _rowLength = _groupChannels * _kernelCount;
        _outputs = node.Inputs[1]!.Shape[0] / node.Groups;
        _isOneRow = _places == 1 && _inputCount == _kernelCount && !slots.Of(node.Inputs[0]).IsConstant;
        for (int i = 0; i < _kernelCount; i++) _isOneRow &= _sources[i] == i;
        _groups = new DenseLayer[node.Groups];
        ReadOnlySpan<float> weights = Select(node.Inputs[1]!.Constant!.Values<float>(), node.Window.KernelCount, used);
        ReadOnlySpan<float> bias = node.Inputs[2] is { } wire ? wire.Constant!.Values<float>() : [];
        for (int group = 0; group < _groups.Length; group++)
        {
            ReadOnlySpan<float> own = weights.Slice(group * _outputs * _rowLength, _outputs * _rowLength);
            _groups[group] = DenseLayer.Pack(own, _rowLength, _outputs, transposed: true, bias.IsEmpty ? bias : bias.Slice(group * _outputs, _outputs), choice);
        }
    }

    /// <summary>True if weights and bias are float32 constants and nothing is empty.</summary>
    public static bool Accepts(ConvolutionNode node)
        => node.Inputs[1]! is { Type: ElementType.Float32, Constant: not null } weight && weight.Shape.ElementCount > 0 && node.Inputs[2] is null or { Constant: not null };

    /// <summary>The kernel elements that meet the input at some place: the others only ever meet padding, and their products are zero.</summary>
    private static int[] UsedElements(Window window, out int[] sources)
    {
        int[] all = window.Sources();
        int kernel = window.KernelCount;
        int[] used = [.. Enumerable.Range(0, kernel).Where(element => Enumerable.Range(0, window.OutputCount).Any(place => all[(place * kernel) + element] >= 0))];
        if (used.Length == 0) used = [0];
        sources = [.. Enumerable.Range(0, window.OutputCount).SelectMany(place => used.Select(element => all[(place * kernel) + element]))];
        return used;
    }

    private static ReadOnlySpan<float> Select(ReadOnlySpan<float> weights, int kernel, int[] used)
    {
        if (used.Length == kernel) return weights;
        float[] selected = new float[weights.Length / kernel * used.Length];
        for (int i = 0; i < selected.Length; i++) selected[i] = weights[(i / used.Length * kernel) + used[i % used.Length]];
        return selected;
    }

    public override nint ScratchBytes(int maxLanes) => (nint)ChunkRows * (_rowLength + _outputs) * sizeof(float);

    [HotPath]
    [MethodImpl(CodeGeneration.Kernel)]
    public override void Run(in StepContext context)
    {
        if (_isOneRow)
        {
            RunRows(context);
            return;
        }
        float* rows = (float*)context.Scratch;
        float* results = rows + (ChunkRows * (nint)_rowLength);
        int count = context.Lanes * _images * _places;
        for (int group = 0; group < _groups.Length; group++)
        {
            for (int first = 0; first < count; first += ChunkRows)
            {
                int chunk = Math.Min(ChunkRows, count - first);
                for (int i = 0; i < chunk; i++) Gather(context, group, first + i, rows + (i * (nint)_rowLength));
                _groups[group].Multiply((byte*)rows, (nint)_rowLength * sizeof(float), chunk, (byte*)results, (nint)_outputs * sizeof(float));
                for (int i = 0; i < chunk; i++) Spread(context, group, first + i, results + (i * (nint)_outputs));
            }
        }
    }

    private void RunRows(in StepContext context)
    {
        nint inputRow = (nint)_rowLength * sizeof(float), outputRow = (nint)_outputs * sizeof(float);
        for (int group = 0; group < _groups.Length; group++)
        {
            _groups[group].Multiply(context.At(_input) + (group * inputRow), _groups.Length * inputRow, context.Lanes * _images, context.At(_output) + (group * outputRow), _groups.Length * outputRow);
        }
    }

    [MethodImpl(CodeGeneration.Kernel)]
    private void Gather(in StepContext context, int group, int number, float* row)
    {
        (int image, int place) = Math.DivRem(number, _places);
        (int lane, image) = Math.DivRem(image, _images);
        ReadOnlySpan<int> sources = _sources.AsSpan(place * _kernelCount, _kernelCount);
        nint channels = (nint)_groups.Length * _groupChannels;
        float* x = (float*)context.At(_input, lane) + (((image * channels) + ((nint)group * _groupChannels)) * _inputCount);
        if (_runs is not null)
        {
            _runs[place].Gather(x, _inputCount, _groupChannels, _kernelCount, row);
            return;
        }
        for (int channel = 0; channel < _groupChannels; channel++, x += _inputCount)
        {
            foreach (int source in sources) *row++ = source < 0 ? 0f : x[source];
        }
    }

    [MethodImpl(CodeGeneration.Kernel)]
    private void Spread(in StepContext context, int group, int number, float* result)
    {
        (int image, int place) = Math.DivRem(number, _places);
        (int lane, image) = Math.DivRem(image, _images);
        nint channels = (nint)_groups.Length * _outputs;
        float* y = (float*)context.At(_output, lane) + (((image * channels) + ((nint)group * _outputs)) * _places) + place;
        for (int channel = 0; channel < _outputs; channel++) y[(nint)channel * _places] = result[channel];
    }
}
