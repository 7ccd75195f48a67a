using System.Text.Json;
using SeqStream.Hosting.Evaluation;
using SeqStream.TestSupport;

namespace SeqStream.Hosting.Tests.Evaluation;

public sealed class FigureDrawingTests
{
    /// <summary>The pictures of <c>tools/train/parts/figures.py</c>, byte by byte.</summary>
    [Fact]
    public void Pictures_equal_those_of_the_training_code()
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(Path.Combine(SharedFolder.Repository, "tests", "SeqStream.Hosting.Tests", "Evaluation", "figures-golden.json")));
        int compared = 0;
        foreach (JsonElement sequence in golden.RootElement.EnumerateArray())
        {
            double[][] joints = [.. sequence.GetProperty("joints").EnumerateArray().Select(static frame => frame.EnumerateArray().Select(static value => value.GetDouble()).ToArray())];
            FigureDrawing drawing = new(sequence.GetProperty("number").GetInt32(), joints[0]);
            foreach ((double[] frame, JsonElement picture) in joints.Zip(sequence.GetProperty("pictures").EnumerateArray()))
            {
                float[] found = drawing.Draw(frame);
                byte[] expected = Convert.FromHexString(picture.GetString()!);
                Assert.Contains(expected, static level => level > 100);
                Assert.Equal(expected, found.Select(static level => checked((byte)level)));
                compared++;
            }
        }
        Assert.Equal(9, compared);
    }

    [Fact]
    public void Figure_outside_the_picture_leaves_it_black()
    {
        double[] near = new double[60], far = new double[60];
        near[7] = far[7] = 0.4; // the neck above the hip
        for (int i = 0; i < far.Length; i += 3) far[i] += 1000;
        FigureDrawing drawing = new(0, near);
        Assert.Contains(drawing.Draw(near), static level => level > 0);
        Assert.DoesNotContain(drawing.Draw(far), static level => level > 0);
    }
}
