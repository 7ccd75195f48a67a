using System.Runtime.InteropServices;
using SeqStream.Kernels;
using SeqStream.Operators.Windows;
using SeqStream.Plan;

namespace SeqStream.Tests.Operators;

/// <summary>Convolutions with weights that are known when the plan is built, against a sum written out.</summary>
public sealed class ConvolutionNodeTests
{
    private const int Channels = 3;
    private const int Outputs = 5;

    [Theory]
    [InlineData(1, 3, 1, 1, 1, 1)]      // the outer elements of the window only meet padding
    [InlineData(2, 3, 2, 1, 1, 1)]      // so does the first one
    [InlineData(4, 3, 1, 1, 1, 4)]
    [InlineData(4, 3, 2, 1, 1, 2)]
    [InlineData(9, 2, 3, 1, 0, 3)]
    [InlineData(12, 8, 2, 1, 3, 4)]
    [InlineData(9, 3, 1, 2, 2, 9)]      // neighbours of the window are no neighbours in the input
    [InlineData(1, 3, 1, 2, 2, 1)]
    [InlineData(2, 1, 1, 1, 3, 8)]      // some places meet nothing but padding
    public void Constant_weights_give_the_sum_of_products(int width, int kernel, int stride, int dilation, int before, int places)
    {
        Random random = new(7);
        float[] weights = Noise(random, Outputs * Channels * kernel), input = Noise(random, Channels * width);
        Window window = new([1, 1, width], [1, 1, kernel], [1, 1, stride], [1, 1, dilation], [0, 0, before], [1, 1, places]);
        Wire x = new("x", ElementType.Float32, new TensorShape(1, Channels, width)), y = new("y", ElementType.Float32, new TensorShape(1, Outputs, places));
        Wire w = new("w", ConstantTensor.Float32(new TensorShape(Outputs, Channels, kernel), weights));
        StepPlan plan = new("conv", [x], [new PlanOutput("y", y)], [], [new ConvolutionNode("n", x, w, null, y, window, 1)]);
        foreach (KernelChoice choice in KernelChoice.Available)
        {
            using PlanRun run = new(plan, choice.InstructionSet, 1);
            run.Write(0, [MemoryMarshal.AsBytes(input.AsSpan()).ToArray()]);
            run.Step(1);
            float[] found = MemoryMarshal.Cast<byte, float>(run.Read(0)[0]).ToArray();
            for (int i = 0; i < found.Length; i++) Assert.Equal(Sum(input, weights, window, i / places, i % places), found[i], 1e-5f);
        }
    }

    private static float Sum(float[] input, float[] weights, Window window, int output, int place)
    {
        (int width, int kernel) = (window.Input[2], window.Kernel[2]);
        float sum = 0;
        for (int channel = 0; channel < Channels; channel++)
        {
            for (int element = 0; element < kernel; element++)
            {
                int at = (place * window.Strides[2]) + (element * window.Dilations[2]) - window.Before[2];
                if (at >= 0 && at < width) sum += input[(channel * width) + at] * weights[(((output * Channels) + channel) * kernel) + element];
            }
        }
        return sum;
    }

    private static float[] Noise(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - 1)];
}
