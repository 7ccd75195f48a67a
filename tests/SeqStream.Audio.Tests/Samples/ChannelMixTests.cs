namespace SeqStream.Audio.Samples;

public sealed class ChannelMixTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void Mean_and_pick_follow_their_definition(int channels)
    {
        float[] samples = [.. Enumerable.Range(0, 21 * channels).Select(static i => i * 0.25f)];
        float[] mono = new float[21];
        ChannelMix.Mean.Apply(samples, channels, mono);
        Assert.Equal(samples.Chunk(channels).Select(static frame => frame.Average()), mono);
        for (int channel = 0; channel < channels; channel++)
        {
            ChannelMix.Pick(channel).Apply(samples, channels, mono);
            Assert.Equal(samples.Chunk(channels).Select(frame => frame[channel]), mono);
        }
    }

    [Theory]
    [InlineData("mean", -1)]
    [InlineData("left", 0)]
    [InlineData("right", 1)]
    [InlineData("5", 5)]
    public void Names_are_known(string text, int channel) => Assert.Equal(channel, ChannelMix.Parse(text).Channel);

    [Theory]
    [InlineData("both")]
    [InlineData("-1")]
    [InlineData("64")]
    public void Unknown_name_is_refused(string text)
        => Assert.Contains("Expected mean, left, right or a channel's number from 0 to 63", Assert.Throws<AudioException>(() => ChannelMix.Parse(text)).Message, StringComparison.Ordinal);
}
