using System.Numerics;
using System.Runtime.CompilerServices;
using SeqStream.Kernels;
using SeqStream.Plan;

namespace SeqStream.Operators.Windows;

/// <summary>The largest element under a window, and on request where it lies.</summary>
public sealed class MaxPoolNode : StepNode
{
    /// <summary>Creates the node.</summary>
    /// <param name="name">The node's name in the model.</param>
    /// <param name="input">[planes..., spatial...].</param>
    /// <param name="output">[planes..., places...].</param>
    /// <param name="positions">int64 of the output's shape: element numbers in the whole input; null if not wanted.</param>
    /// <param name="window">How the window moves.</param>
    /// <param name="columnMajor">True to number <paramref name="positions"/> with the first spatial dimension running fastest.</param>
    /// <exception cref="ArgumentException">Types or shapes do not go together.</exception>
    public MaxPoolNode(string name, Wire input, Wire output, Wire? positions, Window window, bool columnMajor) : base(name, "MaxPool", [input], [output, positions])
    {
        ArgumentNullException.ThrowIfNull(window);
        bool fits = input.Type == output.Type && (long)input.Shape.ElementCount * window.OutputCount == (long)output.Shape.ElementCount * window.InputCount;
        if (!fits) throw new ArgumentException($"MaxPool '{name}' of {input} ({window}) does not give {output}.", nameof(output));
        Window = window;
        ColumnMajor = columnMajor;
    }

    /// <summary>How the window moves.</summary>
    public Window Window { get; }

    /// <summary>True if positions run through the first spatial dimension fastest.</summary>
    public bool ColumnMajor { get; }

    /// <inheritdoc/>
    public override long Operations => (long)Outputs[0]!.Shape.ElementCount * Window.KernelCount;

    /// <inheritdoc/>
    public override string Attributes => $"{Window}{(ColumnMajor ? " storage_order=1" : "")}";

    /// <inheritdoc/>
    public override NodeKernel Bind(KernelChoice choice, PlanSlots slots) => ElementSwitch.Numbers(Inputs[0]!.Type, new OfNumbers(this, slots));

    /// <summary>[input places] the number of each spatial element in the order that positions are counted in.</summary>
    private long[] Numbers()
    {
        long[] numbers = new long[Window.InputCount];
        (int depth, int height, int width) = (Window.Input[0], Window.Input[1], Window.Input[2]);
        for (int i = 0; i < numbers.Length; i++)
        {
            (int d, int h, int w) = (i / (height * width), i / width % height, i % width);
            numbers[i] = ColumnMajor ? d + ((long)depth * (h + ((long)height * w))) : i;
        }
        return numbers;
    }

    private readonly struct OfNumbers(MaxPoolNode node, PlanSlots slots) : INumberFactory
    {
        public NodeKernel Create<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T> => new Kernel<T>(node, slots);
    }

    private sealed unsafe class Kernel<T>(MaxPoolNode node, PlanSlots slots) : NodeKernel where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        private readonly WireSlot _input = slots.Of(node.Inputs[0]);
        private readonly WireSlot _output = slots.Of(node.Outputs[0]);
        private readonly WireSlot _positions = slots.Of(node.Outputs[1]);
        private readonly int[] _sources = node.Window.Sources(); // [places, kernel]
        private readonly long[] _numbers = node.Numbers();
        private readonly int _planes = node.Window.InputCount == 0 ? 0 : node.Inputs[0]!.Shape.ElementCount / node.Window.InputCount;
        private readonly int _inputCount = node.Window.InputCount;
        private readonly int _kernelCount = node.Window.KernelCount;
        private readonly int _places = node.Window.OutputCount;

        [HotPath]
        [MethodImpl(CodeGeneration.Kernel)]
        public override void Run(in StepContext context)
        {
            for (int lane = 0; lane < context.Lanes; lane++)
            {
                T* x = (T*)context.At(_input, lane);
                T* y = (T*)context.At(_output, lane);
                long* positions = _positions.IsPresent ? (long*)context.At(_positions, lane) : null;
                for (int plane = 0; plane < _planes; plane++, x += _inputCount)
                {
                    for (int place = 0; place < _places; place++)
                    {
                        int best = Best(x, _sources.AsSpan(place * _kernelCount, _kernelCount));
                        *y++ = best < 0 ? T.CreateSaturating(double.NegativeInfinity) : x[best];
                        if (positions is not null) *positions++ = ((long)plane * _inputCount) + (best < 0 ? 0 : _numbers[best]);
                    }
                }
            }
        }

        [MethodImpl(CodeGeneration.Kernel)]
        private static int Best(T* x, ReadOnlySpan<int> sources)
        {
            int best = -1;
            foreach (int source in sources)
            {
                if (source >= 0 && (best < 0 || x[source] > x[best] || (T.IsNaN(x[source]) && !T.IsNaN(x[best])))) best = source;
            }
            return best;
        }
    }
}
