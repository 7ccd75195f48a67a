using System.Numerics;
using System.Runtime.CompilerServices;
using SeqStream.Kernels;
using SeqStream.Plan;

namespace SeqStream.Operators.Windows;

/// <summary>Convolution over one to three spatial dimensions, in groups of channels.</summary>
public sealed class ConvolutionNode : StepNode
{
    /// <summary>Creates the node.</summary>
    /// <param name="name">The node's name in the model.</param>
    /// <param name="input">[images, channels, spatial...].</param>
    /// <param name="weight">[outputChannels, channels / groups, kernel...].</param>
    /// <param name="bias">[outputChannels], or null.</param>
    /// <param name="output">[images, outputChannels, places...].</param>
    /// <param name="window">How the kernel moves.</param>
    /// <param name="groups">Groups that channels fall into.</param>
    /// <exception cref="ArgumentException">Types or shapes do not go together.</exception>
    public ConvolutionNode(string name, Wire input, Wire weight, Wire? bias, Wire output, Window window, int groups) : base(name, "Conv", [input, weight, bias], [output])
    {
        ArgumentNullException.ThrowIfNull(window);
        ElementSwitch.Require(output.Type, ElementType.Float16, ElementType.Float32, ElementType.Float64, ElementType.Int32);
        bool fits = input.Type == output.Type && weight.Type == output.Type && (bias is null || (bias.Type == output.Type && bias.Shape.ElementCount == weight.Shape[0]));
        fits = fits && groups >= 1 && weight.Shape[0] % groups == 0 && weight.Shape[1] * groups == input.Shape[1] && output.Shape[1] == weight.Shape[0] && output.Shape[0] == input.Shape[0];
        fits = fits && input.Shape.ElementCount == input.Shape[0] * input.Shape[1] * window.InputCount && weight.Shape.ElementCount == weight.Shape[0] * weight.Shape[1] * window.KernelCount
            && output.Shape.ElementCount == output.Shape[0] * output.Shape[1] * window.OutputCount;
        if (!fits)
        {
            throw new ArgumentException($"Conv '{name}' of {input} with weight {weight} in {groups} groups ({window}) does not give {output}.", nameof(output));
        }
        Window = window;
        Groups = groups;
    }

    /// <summary>How the kernel moves.</summary>
    public Window Window { get; }

    /// <summary>Groups that channels fall into.</summary>
    public int Groups { get; }

    /// <inheritdoc/>
    public override long Operations => 2L * Outputs[0]!.Shape.ElementCount * Inputs[1]!.Shape[1] * Window.KernelCount;

    /// <inheritdoc/>
    public override string Attributes => $"{Window} group={Groups}";

    /// <inheritdoc/>
    public override NodeKernel Bind(KernelChoice choice, PlanSlots slots) => Outputs[0]!.Type switch
    {
        ElementType.Float32 when DenseConvolutionKernel.Accepts(this) => new DenseConvolutionKernel(this, choice, slots),
        ElementType.Float32 => new Kernel<float, float>(this, slots),
        ElementType.Float64 => new Kernel<double, double>(this, slots),
        ElementType.Float16 => new Kernel<Half, float>(this, slots),
        ElementType.Int32 => new Kernel<int, int>(this, slots),
        ElementType type => throw ElementSwitch.Unsupported(type, "float16, float32, float64 or int32"),
    };

    private sealed unsafe class Kernel<T, TSum>(ConvolutionNode node, PlanSlots slots) : NodeKernel where T : unmanaged, INumber<T> where TSum : unmanaged, INumber<TSum>
    {
        private readonly WireSlot _input = slots.Of(node.Inputs[0]);
        private readonly WireSlot _weight = slots.Of(node.Inputs[1]);
        private readonly WireSlot _bias = slots.Of(node.Inputs[2]);
        private readonly WireSlot _output = slots.Of(node.Outputs[0]);
        private readonly int[] _sources = node.Window.Sources(); // [places, kernel]
        private readonly int _images = node.Inputs[0]!.Shape[0];
        private readonly int _channels = node.Inputs[0]!.Shape[1];
        private readonly int _outputChannels = node.Inputs[1]!.Shape[0];
        private readonly int _groupChannels = node.Inputs[1]!.Shape[1];
        private readonly int _groups = node.Groups;
        private readonly int _inputCount = node.Window.InputCount;
        private readonly int _kernelCount = node.Window.KernelCount;
        private readonly int _places = node.Window.OutputCount;

        [HotPath]
        [MethodImpl(CodeGeneration.Kernel)]
        public override void Run(in StepContext context)
        {
            for (int lane = 0; lane < context.Lanes; lane++)
            {
                T* input = (T*)context.At(_input, lane);
                T* output = (T*)context.At(_output, lane);
                T* weight = (T*)context.At(_weight, lane);
                T* bias = _bias.IsPresent ? (T*)context.At(_bias, lane) : null;
                for (int image = 0; image < _images; image++)
                {
                    for (int channel = 0; channel < _outputChannels; channel++, output += _places)
                    {
                        int firstChannel = channel / (_outputChannels / _groups) * _groupChannels;
                        T* x = input + ((((nint)image * _channels) + firstChannel) * _inputCount);
                        RunChannel(x, weight + ((nint)channel * _groupChannels * _kernelCount), bias is null ? TSum.Zero : TSum.CreateTruncating(bias[channel]), output);
                    }
                }
            }
        }

        [MethodImpl(CodeGeneration.Kernel)]
        private void RunChannel(T* input, T* weight, TSum bias, T* output)
        {
            for (int place = 0; place < _places; place++)
            {
                ReadOnlySpan<int> sources = _sources.AsSpan(place * _kernelCount, _kernelCount);
                TSum sum = bias;
                for (int channel = 0; channel < _groupChannels; channel++)
                {
                    T* x = input + ((nint)channel * _inputCount);
                    T* w = weight + ((nint)channel * _kernelCount);
                    for (int k = 0; k < sources.Length; k++)
                    {
                        if (sources[k] >= 0) sum += TSum.CreateTruncating(x[sources[k]]) * TSum.CreateTruncating(w[k]);
                    }
                }
                output[place] = T.CreateTruncating(sum);
            }
        }
    }
}
