using System.Runtime.CompilerServices;
using SeqStream.Kernels;

namespace SeqStream.Operators.Windows;

/// <summary>The part of a window at one place that meets neighbouring elements of the input; what is left of the window meets padding.</summary>
/// <param name="First">The first element of the window that meets the input.</param>
/// <param name="Count">Elements that do.</param>
/// <param name="Source">The input element that the first one meets.</param>
internal readonly unsafe record struct PlaceRun(int First, int Count, int Source)
{
    /// <summary>The run of every place; null if the elements of some place meet input elements that are not neighbours.</summary>
    /// <param name="sources">[places, kernel] input elements; -1 in the padding</param>
    /// <param name="kernel">Elements of the window, at least 1.</param>
    public static PlaceRun[]? TryFind(int[] sources, int kernel)
    {
        PlaceRun[] runs = new PlaceRun[sources.Length / kernel];
        for (int place = 0; place < runs.Length; place++)
        {
            ReadOnlySpan<int> own = sources.AsSpan(place * kernel, kernel);
            int first = own.IndexOfAnyExcept(-1), last = own.LastIndexOfAnyExcept(-1);
            if (first < 0) return null;
            for (int i = first; i <= last; i++)
            {
                if (own[i] != own[first] + i - first) return null;
            }
            runs[place] = new PlaceRun(first, last - first + 1, own[first]);
        }
        return runs;
    }

    /// <summary>Writes the window's row: for each channel its elements, zeros in the padding.</summary>
    /// <param name="x">[channels, inputCount]</param>
    /// <param name="inputCount">Elements of a channel.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="kernel">Elements of the window.</param>
    /// <param name="row">[channels, kernel], written</param>
    [HotPath]
    [MethodImpl(CodeGeneration.Kernel)]
    public void Gather(float* x, int inputCount, int channels, int kernel, float* row)
    {
        if (Count < kernel) new Span<float>(row, channels * kernel).Clear();
        x += Source;
        row += First;
        switch (Count)
        {
            case 1:
                for (int channel = 0; channel < channels; channel++, x += inputCount, row += kernel) *row = *x;
                break;
            case 2:
                for (int channel = 0; channel < channels; channel++, x += inputCount, row += kernel) *(long*)row = *(long*)x;
                break;
            case 3:
                for (int channel = 0; channel < channels; channel++, x += inputCount, row += kernel)
                {
                    *(long*)row = *(long*)x;
                    row[2] = x[2];
                }
                break;
            default:
                for (int channel = 0; channel < channels; channel++, x += inputCount, row += kernel) new ReadOnlySpan<float>(x, Count).CopyTo(new Span<float>(row, Count));
                break;
        }
    }
}
