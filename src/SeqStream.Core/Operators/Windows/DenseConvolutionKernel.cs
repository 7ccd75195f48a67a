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
    private readonly int[] _sources;       // [places, kernel]
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
        _sources = node.Window.Sources();
        _images = node.Inputs[0]!.Shape[0];
        _groupChannels = node.Inputs[1]!.Shape[1];
        (_inputCount, _kernelCount, _places) = (node.Window.InputCount, node.Window.KernelCount, node.Window.OutputCount);
        _rowLength = _groupChannels * _kernelCount;
        _outputs = node.Inputs[1]!.Shape[0] / node.Groups;
        _isOneRow = _places == 1 && _inputCount == _kernelCount && !slots.Of(node.Inputs[0]).IsConstant;
        for (int i = 0; i < _kernelCount; i++) _isOneRow &= _sources[i] == i;
        _groups = new DenseLayer[node.Groups];
        ReadOnlySpan<float> weights = node.Inputs[1]!.Constant!.Values<float>();
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
