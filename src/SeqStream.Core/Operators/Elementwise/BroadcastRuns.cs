using SeqStream.Plan;

namespace SeqStream.Operators.Elementwise;

/// <summary>
/// How a broadcast over one lane falls into runs: stretches of the output in which every input either stands still or advances with it.
/// Output elements [r * Length, (r + 1) * Length) are run r; input i of it begins at element Starts[r * inputs + i] and advances by Steps[i], 0 or 1.
/// </summary>
internal sealed class BroadcastRuns
{
    private BroadcastRuns(int count, int length, int[] steps, int[] starts)
    {
        Count = count;
        Length = length;
        Steps = steps;
        Starts = starts;
    }

    /// <summary>Number of runs.</summary>
    public int Count { get; }

    /// <summary>Elements of a run.</summary>
    public int Length { get; }

    /// <summary>[inputs] 0 or 1.</summary>
    public int[] Steps { get; }

    /// <summary>[Count, inputs] first element of each run.</summary>
    public int[] Starts { get; }

    /// <summary>Finds the longest runs by merging neighbouring dimensions that every input walks through alike.</summary>
    public static BroadcastRuns Of(TensorShape output, params ReadOnlySpan<TensorShape> inputs)
    {
        int[][] strides = new int[inputs.Length][];
        for (int input = 0; input < inputs.Length; input++) strides[input] = Broadcasting.Strides(inputs[input], output);
        List<int> axes = [];
        int[] sizes = [.. output.Dimensions];
        for (int axis = 0; axis < output.Rank; axis++)
        {
            if (sizes[axis] == 1) continue;
            if (axes.Count > 0 && Array.TrueForAll(strides, s => s[axes[^1]] == s[axis] * sizes[axis]))
            {
                sizes[axis] *= sizes[axes[^1]];
                axes[^1] = axis;
            }
            else
            {
                axes.Add(axis);
            }
        }
        int length = axes.Count == 0 ? 1 : sizes[axes[^1]];
        int[] steps = Array.ConvertAll(strides, s => axes.Count == 0 ? 0 : s[axes[^1]]);
        int count = length == 0 ? 0 : output.ElementCount / length;
        return new BroadcastRuns(count, length, steps, FindStarts(count, axes, sizes, strides));
    }

    /// <summary>
    /// The steps that let all lanes be walked through as one long run, or null: every input that changes from lane to lane must be as large as the output,
    /// every other one a single element.
    /// </summary>
    public static int[]? AcrossLanes(TensorShape output, params ReadOnlySpan<Wire> inputs)
    {
        int[] steps = new int[inputs.Length];
        for (int input = 0; input < inputs.Length; input++)
        {
            bool shared = inputs[input].Constant is not null;
            if (inputs[input].Shape.ElementCount != (shared ? 1 : output.ElementCount)) return null;
            steps[input] = shared ? 0 : 1;
        }
        return steps;
    }

    private static int[] FindStarts(int count, List<int> axes, int[] sizes, int[][] strides)
    {
        int[] starts = new int[count * strides.Length];
        for (int run = 0; run < count; run++)
        {
            int rest = run;
            for (int outer = axes.Count - 2; outer >= 0; outer--)
            {
                (rest, int index) = Math.DivRem(rest, sizes[axes[outer]]);
                for (int input = 0; input < strides.Length; input++) starts[(run * strides.Length) + input] += index * strides[input][axes[outer]];
            }
        }
        return starts;
    }
}
