using System.Numerics;
using System.Runtime.CompilerServices;
using SeqStream.Kernels;
using SeqStream.Plan;

namespace SeqStream.Operators.Windows;

/// <summary>The mean of the elements under a window.</summary>
public sealed class AveragePoolNode : StepNode
{
    /// <summary>Creates the node.</summary>
    /// <param name="name">The node's name in the model.</param>
    /// <param name="input">[planes..., spatial...], float16, float32 or float64.</param>
    /// <param name="output">[planes..., places...].</param>
    /// <param name="window">How the window moves.</param>
    /// <param name="divisors">[places] what each sum is divided by: the elements under the window, with or without padding.</param>
    /// <exception cref="ArgumentException">Types or shapes do not go together.</exception>
    public AveragePoolNode(string name, Wire input, Wire output, Window window, ReadOnlySpan<int> divisors) : base(name, "AveragePool", [input], [output])
    {
        ArgumentNullException.ThrowIfNull(window);
        bool fits = input.Type == output.Type && (long)input.Shape.ElementCount * window.OutputCount == (long)output.Shape.ElementCount * window.InputCount && divisors.Length == window.OutputCount;
        if (!fits) throw new ArgumentException($"AveragePool '{name}' of {input} ({window}) does not give {output}.", nameof(output));
        Window = window;
        Divisors = [.. divisors];
    }

    /// <summary>How the window moves.</summary>
    public Window Window { get; }

    /// <summary>[places] what each sum is divided by.</summary>
    public System.Collections.Immutable.ImmutableArray<int> Divisors { get; }

    /// <inheritdoc/>
    public override long Operations => (long)Outputs[0]!.Shape.ElementCount * Window.KernelCount;

    /// <inheritdoc/>
    public override string Attributes => $"{Window} divisors=[{string.Join(",", Divisors.Distinct())}]";

    /// <inheritdoc/>
    public override NodeKernel Bind(KernelChoice choice, PlanSlots slots) => ElementSwitch.Floats(Inputs[0]!.Type, new OfFloats(this, slots));

    private readonly struct OfFloats(AveragePoolNode node, PlanSlots slots) : IFloatFactory
    {
        public NodeKernel Create<T>() where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T> => new Kernel<T>(node, slots);
    }

    private sealed unsafe class Kernel<T>(AveragePoolNode node, PlanSlots slots) : NodeKernel where T : unmanaged, IFloatingPointIeee754<T>
    {
        private readonly WireSlot _input = slots.Of(node.Inputs[0]);
        private readonly WireSlot _output = slots.Of(node.Outputs[0]);
        private readonly int[] _sources = node.Window.Sources(); // [places, kernel]
        private readonly int[] _divisors = [.. node.Divisors];
        private readonly int _planes = node.Window.InputCount == 0 ? 0 : node.Inputs[0]!.Shape.ElementCount / node.Window.InputCount;
        private readonly int _inputCount = node.Window.InputCount;
        private readonly int _kernelCount = node.Window.KernelCount;

        [HotPath]
        [MethodImpl(CodeGeneration.Kernel)]
        public override void Run(in StepContext context)
        {
            for (int lane = 0; lane < context.Lanes; lane++)
            {
                T* x = (T*)context.At(_input, lane);
                T* y = (T*)context.At(_output, lane);
                for (int plane = 0; plane < _planes; plane++, x += _inputCount)
                {
                    for (int place = 0; place < _divisors.Length; place++)
                    {
                        double sum = 0;
                        foreach (int source in _sources.AsSpan(place * _kernelCount, _kernelCount))
                        {
                            if (source >= 0) sum += double.CreateTruncating(x[source]);
                        }
                        *y++ = T.CreateTruncating(sum / _divisors[place]);
                    }
                }
            }
        }
    }
}
