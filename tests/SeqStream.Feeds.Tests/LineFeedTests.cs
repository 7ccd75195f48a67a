using System.Text;
using System.Threading.Channels;
using SeqStream.Contracts;

namespace SeqStream.Feeds.Tests;

public sealed class LineFeedTests
{
    [Theory]
    [InlineData("jsonl")]
    [InlineData("csv")]
    [InlineData("tokens")]
    public async Task Reading_allocates_nothing_per_record_once_warm(string format)
    {
        const int Few = 2_000;
        const int Many = 12_000;
        await AllocatedBytes(format, Few);
        long few = await LeastAllocatedBytes(format, Few);
        long many = await LeastAllocatedBytes(format, Many);

        Assert.True(many - few < Many - Few, $"{many - few} bytes for {Many - Few} further records.");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(4096)]
    public async Task Records_do_not_depend_on_how_bytes_arrive(int atOnce)
    {
        string text = string.Concat(Enumerable.Range(0, 200).Select(static i => $"{{\"stream\":\"s{i % 3}\",\"x\":[{i},{i}.5]}}\r\n"));
        FeedHarness whole = new();
        FeedHarness pieces = new();
        await whole.ReadAsync(new JsonLinesFeed("test", FeedHarness.Bytes(text)));
        await pieces.ReadAsync(new JsonLinesFeed("test", new TrickleStream(Encoding.UTF8.GetBytes(text), atOnce)));

        Assert.Equal(whole.Frames, pieces.Frames);
        Assert.Equal(203, pieces.Frames.Count);
    }

    [Fact]
    public async Task Closed_channel_ends_the_reading()
    {
        Channel<Frame> channel = Channel.CreateBounded<Frame>(1);
        FeedHarness harness = new();
        Task reading = new TextFeed("test", FeedHarness.Bytes("a\nb\nc\n")).ReadAsync(
            new FeedContext(channel.Writer, new StreamDirectory(), new PayloadPool(), harness, harness.Signature), CancellationToken.None);
        channel.Writer.Complete();

        await reading;
    }

    /// <summary>The least of some tries, as a collection of garbage by any thread adds to what the runtime counts.</summary>
    private static async Task<long> LeastAllocatedBytes(string format, int records)
    {
        long least = long.MaxValue;
        for (int attempt = 0; attempt < 5; attempt++) least = Math.Min(least, await AllocatedBytes(format, records));
        return least;
    }

    private static async Task<long> AllocatedBytes(string format, int records)
    {
        string line = format switch { "jsonl" => "{\"stream\":\"a\",\"x\":[0.5,1],\"t\":1.5,\"seq\":%}", "csv" => "0.5,1", _ => "one two" };
        StringBuilder text = new();
        for (int i = 0; i < records; i++) text.Append(line.Replace("%", $"{i}", StringComparison.Ordinal)).Append('\n');
        using MemoryStream bytes = FeedHarness.Bytes(text.ToString());
        LineFeed feed = format switch { "jsonl" => new JsonLinesFeed("test", bytes), "csv" => new CsvFeed("test", bytes), _ => new TokenFeed("test", bytes) };
        FeedHarness harness = new();
        PayloadPool payloads = new();
        FeedContext context = new(new ReturningWriter(payloads), new StreamDirectory(), payloads, harness, harness.Signature);
        long before = GC.GetAllocatedBytesForCurrentThread();
        await feed.ReadAsync(context, CancellationToken.None);
        Assert.Empty(harness.Faults);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    /// <summary>Takes every frame at once and gives its payload back.</summary>
    private sealed class ReturningWriter(PayloadPool payloads) : ChannelWriter<Frame>
    {
        public override bool TryWrite(Frame item)
        {
            if (item.Payload is not null) payloads.Return(item.Payload);
            return true;
        }

        public override ValueTask<bool> WaitToWriteAsync(CancellationToken cancellationToken = default) => new(true);
    }
}
