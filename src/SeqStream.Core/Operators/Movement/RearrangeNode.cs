using System.Collections.Immutable;
using System.Numerics;
using SeqStream.Kernels;
using SeqStream.Plan;

namespace SeqStream.Operators.Movement;

/// <summary>
/// Reads a tensor along other strides: output element (i0, i1, ...) is input element offset + i0 * strides[0] + i1 * strides[1] + ... .
/// Transposing, slicing, splitting, repeating and their compositions are all of this form.
/// </summary>
public sealed class RearrangeNode : StepNode
{
    /// <summary>Creates the node.</summary>
    /// <param name="name">The node's name in the model.</param>
    /// <param name="operator">The operator's name, as in ONNX.</param>
    /// <param name="input">What is read.</param>
    /// <param name="output">The result, of the same element type; its shape may group <paramref name="dimensions"/> differently.</param>
    /// <param name="dimensions">Sizes of the indices, outermost first; their product is the output's element count.</param>
    /// <param name="strides">Input elements from one index to the next; 0 repeats, negative runs backwards.</param>
    /// <param name="offset">The input element of index (0, 0, ...).</param>
    /// <exception cref="ArgumentException">Types, counts or strides do not go together.</exception>
    public RearrangeNode(string name, string @operator, Wire input, Wire output, ReadOnlySpan<int> dimensions, ReadOnlySpan<int> strides, int offset = 0)
        : base(name, @operator, [input], [output])
    {
        if (input.Type != output.Type)
        {
            throw new ArgumentException($"{@operator} '{name}': '{input.Name}' is {input.Type.DisplayName()}, '{output.Name}' is {output.Type.DisplayName()}; expected one type.", nameof(output));
        }
        Dimensions = [.. dimensions];
        Strides = [.. strides];
        Offset = offset;
        int count = 1, lowest = offset, highest = offset;
        for (int axis = 0; axis < dimensions.Length; axis++)
        {
            count = checked(count * dimensions[axis]);
            int reach = checked((dimensions[axis] - 1) * strides[axis]);
            lowest += Math.Min(reach, 0);
            highest += Math.Max(reach, 0);
        }
        if (count != output.Shape.ElementCount)
        {
            throw new ArgumentException($"{@operator} '{name}': dimensions [{string.Join(", ", Dimensions)}] do not fill {output.Shape}.", nameof(dimensions));
        }
        if (count > 0 && (lowest < 0 || highest >= input.Shape.ElementCount))
        {
            throw new ArgumentException($"{@operator} '{name}' would read elements {lowest} to {highest} of {input}.", nameof(strides));
        }
    }

    /// <summary>Sizes of the indices.</summary>
    public ImmutableArray<int> Dimensions { get; }

    /// <summary>Input elements from one index to the next.</summary>
    public ImmutableArray<int> Strides { get; }

    /// <summary>The input element of index (0, 0, ...).</summary>
    public int Offset { get; }

    /// <inheritdoc/>
    public override string Attributes => $"dimensions=[{string.Join(",", Dimensions)}] strides=[{string.Join(",", Strides)}] offset={Offset}";

    /// <summary>The input with its dimensions in another order: output dimension i is input dimension <paramref name="permutation"/>[i].</summary>
    public static RearrangeNode Transpose(string name, Wire input, Wire output, ReadOnlySpan<int> permutation)
    {
        int[] dimensions = new int[permutation.Length], strides = new int[permutation.Length];
        int[] own = input.Shape.Strides();
        for (int axis = 0; axis < permutation.Length; axis++)
        {
            dimensions[axis] = input.Shape[permutation[axis]];
            strides[axis] = own[permutation[axis]];
        }
        return new RearrangeNode(name, "Transpose", input, output, dimensions, strides);
    }

    /// <summary>Every <paramref name="steps"/>[axis]-th element from <paramref name="starts"/>[axis] on, as many as the output's shape says.</summary>
    public static RearrangeNode Slice(string name, string @operator, Wire input, Wire output, ReadOnlySpan<int> starts, ReadOnlySpan<int> steps)
    {
        int[] strides = input.Shape.Strides();
        int offset = 0;
        for (int axis = 0; axis < strides.Length; axis++)
        {
            offset += starts[axis] * strides[axis];
            strides[axis] *= steps[axis];
        }
        return new RearrangeNode(name, @operator, input, output, output.Shape.Dimensions.AsSpan(), strides, output.Shape.ElementCount == 0 ? 0 : offset);
    }

    /// <summary>The input broadcast to the output's shape.</summary>
    public static RearrangeNode Expand(string name, string @operator, Wire input, Wire output)
        => new(name, @operator, input, output, output.Shape.Dimensions.AsSpan(), Broadcasting.Strides(input.Shape, output.Shape));

    /// <inheritdoc/>
    public override NodeKernel Bind(KernelChoice choice, PlanSlots slots) => ElementSwitch.Widths(Outputs[0]!.Type, new OfWidth(this, slots));

    private readonly struct OfWidth(RearrangeNode node, PlanSlots slots) : IIntegerFactory
    {
        public NodeKernel Create<T>() where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> => new RearrangeKernel<T>(node, slots);
    }
}
