using System.Numerics;
using System.Runtime.CompilerServices;
using SeqStream.Kernels;
using SeqStream.Plan;

namespace SeqStream.Operators.Windows;

/// <summary>Transposed convolution: every input element adds its multiple of the kernel to the output. The window moves over the output, one place for each input element.</summary>
public sealed class TransposedConvolutionNode : StepNode
{
    /// <summary>Creates the node.</summary>
    /// <param name="name">The node's name in the model.</param>
    /// <param name="input">[images, channels, places...].</param>
    /// <param name="weight">[channels, outputChannels / groups, kernel...].</param>
    /// <param name="bias">[outputChannels], or null.</param>
    /// <param name="output">[images, outputChannels, spatial...].</param>
    /// <param name="window">How the kernel moves over the output: <see cref="Window.Input"/> is the output's spatial size, <see cref="Window.Output"/> the input's.</param>
    /// <param name="groups">Groups that channels fall into.</param>
    /// <exception cref="ArgumentException">Types or shapes do not go together.</exception>
    public TransposedConvolutionNode(string name, Wire input, Wire weight, Wire? bias, Wire output, Window window, int groups) : base(name, "ConvTranspose", [input, weight, bias], [output])
    {
        ArgumentNullException.ThrowIfNull(window);
        ElementSwitch.Require(output.Type, ElementType.Float32, ElementType.Float64);
        bool fits = input.Type == output.Type && weight.Type == output.Type && (bias is null || (bias.Type == output.Type && bias.Shape.ElementCount == output.Shape[1]));
        fits = fits && groups >= 1 && weight.Shape[0] == input.Shape[1] && weight.Shape[0] % groups == 0 && output.Shape[1] == weight.Shape[1] * groups && output.Shape[0] == input.Shape[0];
        fits = fits && input.Shape.ElementCount == input.Shape[0] * input.Shape[1] * window.OutputCount && weight.Shape.ElementCount == weight.Shape[0] * weight.Shape[1] * window.KernelCount
            && output.Shape.ElementCount == output.Shape[0] * output.Shape[1] * window.InputCount;
        if (!fits)
        {
            throw new ArgumentException($"ConvTranspose '{name}' of {input} with weight {weight} in {groups} groups ({window}) does not give {output}.", nameof(output));
        }
        Window = window;
        Groups = groups;
    }

    /// <summary>How the kernel moves over the output.</summary>
    public Window Window { get; }

    /// <summary>Groups that channels fall into.</summary>
    public int Groups { get; }

    /// <inheritdoc/>
    public override long Operations => 2L * Inputs[0]!.Shape.ElementCount * Inputs[1]!.Shape[1] * Window.KernelCount;

    /// <inheritdoc/>
    public override string Attributes => $"{Window} group={Groups}";

    /// <inheritdoc/>
    public override NodeKernel Bind(KernelChoice choice, PlanSlots slots) => Outputs[0]!.Type switch
    {
        ElementType.Float32 => new Kernel<float>(this, slots),
        ElementType.Float64 => new Kernel<double>(this, slots),
        ElementType type => throw ElementSwitch.Unsupported(type, "float32 or float64"),
    };

    private sealed unsafe class Kernel<T>(TransposedConvolutionNode node, PlanSlots slots) : NodeKernel where T : unmanaged, INumber<T>
    {
        private readonly WireSlot _input = slots.Of(node.Inputs[0]);
        private readonly WireSlot _weight = slots.Of(node.Inputs[1]);
        private readonly WireSlot _bias = slots.Of(node.Inputs[2]);
        private readonly WireSlot _output = slots.Of(node.Outputs[0]);
        private readonly int[] _targets = node.Window.Sources(); // [places, kernel]
        private readonly int _images = node.Inputs[0]!.Shape[0];
        private readonly int _channels = node.Inputs[0]!.Shape[1];
        private readonly int _outputChannels = node.Outputs[0]!.Shape[1];
        private readonly int _groups = node.Groups;
        private readonly int _kernelCount = node.Window.KernelCount;
        private readonly int _places = node.Window.OutputCount;
        private readonly int _spatial = node.Window.InputCount;

        [HotPath]
        [MethodImpl(CodeGeneration.Kernel)]
        public override void Run(in StepContext context)
        {
            for (int lane = 0; lane < context.Lanes; lane++)
            {
                T* x = (T*)context.At(_input, lane);
                T* y = (T*)context.At(_output, lane);
                T* weight = (T*)context.At(_weight, lane);
                T* bias = _bias.IsPresent ? (T*)context.At(_bias, lane) : null;
                for (int image = 0; image < _images; image++, x += (nint)_channels * _places, y += (nint)_outputChannels * _spatial) RunImage(x, weight, bias, y);
            }
        }

        [MethodImpl(CodeGeneration.Kernel)]
        private void RunImage(T* input, T* weight, T* bias, T* output)
        {
            for (int channel = 0; channel < _outputChannels; channel++)
            {
                new Span<T>(output + ((nint)channel * _spatial), _spatial).Fill(bias is null ? T.Zero : bias[channel]);
            }
            int groupOutputs = _outputChannels / _groups;
            for (int channel = 0; channel < _channels; channel++)
            {
                int firstOutput = channel / (_channels / _groups) * groupOutputs;
                for (int i = 0; i < groupOutputs; i++)
                {
                    Spread(input + ((nint)channel * _places), weight + ((((nint)channel * groupOutputs) + i) * _kernelCount), output + ((nint)(firstOutput + i) * _spatial));
                }
            }
        }

        [MethodImpl(CodeGeneration.Kernel)]
        private void Spread(T* x, T* w, T* y)
        {
            for (int place = 0; place < _places; place++)
            {
                ReadOnlySpan<int> targets = _targets.AsSpan(place * _kernelCount, _kernelCount);
                for (int k = 0; k < targets.Length; k++)
                {
                    if (targets[k] >= 0) y[targets[k]] += x[place] * w[k];
                }
            }
        }
    }
}
