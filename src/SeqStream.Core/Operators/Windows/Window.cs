using System.Collections.Immutable;

namespace SeqStream.Operators.Windows;

/// <summary>
/// How a window moves over the spatial dimensions [depth, height, width] of a tensor; with fewer than three the leading ones have size 1. Output index o
/// and kernel index k meet at input index o * stride + k * dilation - before.
/// </summary>
/// <param name="Input">[3] spatial size of what the window moves over.</param>
/// <param name="Kernel">[3] elements of the window.</param>
/// <param name="Strides">[3] from one output to the next.</param>
/// <param name="Dilations">[3] from one element of the window to the next.</param>
/// <param name="Before">[3] padding before the first element.</param>
/// <param name="Output">[3] number of places of the window.</param>
public sealed record Window(
    ImmutableArray<int> Input,
    ImmutableArray<int> Kernel,
    ImmutableArray<int> Strides,
    ImmutableArray<int> Dilations,
    ImmutableArray<int> Before,
    ImmutableArray<int> Output)
{
    /// <summary>Elements the window moves over.</summary>
    public int InputCount => Input[0] * Input[1] * Input[2];

    /// <summary>Elements of the window.</summary>
    public int KernelCount => Kernel[0] * Kernel[1] * Kernel[2];

    /// <summary>Places of the window.</summary>
    public int OutputCount => Output[0] * Output[1] * Output[2];

    /// <summary><c>kernel=3x3 strides=1x1 dilations=1x1 before=1x1</c>.</summary>
    public override string ToString() => $"kernel={Join(Kernel)} strides={Join(Strides)} dilations={Join(Dilations)} before={Join(Before)}";

    /// <summary>[OutputCount, KernelCount] the input element each place and window element meet at; -1 in the padding.</summary>
    internal int[] Sources()
    {
        int[] sources = new int[checked(OutputCount * KernelCount)];
        for (int place = 0; place < OutputCount; place++)
        {
            for (int element = 0; element < KernelCount; element++) sources[(place * KernelCount) + element] = Source(place, element);
        }
        return sources;
    }

    private int Source(int place, int element)
    {
        int source = 0, scale = 1;
        for (int axis = 2; axis >= 0; axis--)
        {
            (place, int o) = Math.DivRem(place, Output[axis]);
            (element, int k) = Math.DivRem(element, Kernel[axis]);
            int at = (o * Strides[axis]) + (k * Dilations[axis]) - Before[axis];
            if (at < 0 || at >= Input[axis]) return -1;
            source += at * scale;
            scale *= Input[axis];
        }
        return source;
    }

    private static string Join(ImmutableArray<int> sizes) => string.Join('x', sizes);
}
