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
        int next = 0;
        for (int d = 0; d < Output[0]; d++)
        {
            for (int h = 0; h < Output[1]; h++)
            {
                for (int w = 0; w < Output[2]; w++) next = SourcesOf(d, h, w, sources, next);
            }
        }
        return sources;
    }

    private int SourcesOf(int d, int h, int w, int[] sources, int next)
    {
        for (int i = 0; i < Kernel[0]; i++)
        {
            int plane = At(0, d, i);
            for (int j = 0; j < Kernel[1]; j++)
            {
                int row = At(1, h, j), start = plane < 0 || row < 0 ? -1 : ((plane * Input[1]) + row) * Input[2];
                for (int k = 0; k < Kernel[2]; k++)
                {
                    int column = At(2, w, k);
                    sources[next++] = start < 0 || column < 0 ? -1 : start + column;
                }
            }
        }
        return next;
    }

    /// <summary>The input index along a dimension; -1 in the padding.</summary>
    private int At(int axis, int place, int element)
    {
        int at = (place * Strides[axis]) + (element * Dilations[axis]) - Before[axis];
        return at < 0 || at >= Input[axis] ? -1 : at;
    }

    private static string Join(ImmutableArray<int> sizes) => string.Join('x', sizes);
}
