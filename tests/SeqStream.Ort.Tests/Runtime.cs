namespace SeqStream.Ort.Tests;

/// <summary>The native library for tests. A test is skipped, with the places tried, where there is none.</summary>
internal static class Runtime
{
    public static OrtLibrary Require()
    {
        OrtLibraryFinding finding = OrtLibrary.Find();
        Assert.SkipWhen(finding.Library is null, $"{finding}\nRun tools/get-onnxruntime first.");
        return finding.Library!;
    }

    public static float[] Noise(int count, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() * 2 - 1)];
    }

    public static void AssertClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, float tolerance, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++) Assert.True(MathF.Abs(expected[i] - actual[i]) <= tolerance, $"{what}, element {i}: expected {expected[i]}, found {actual[i]}");
    }
}
