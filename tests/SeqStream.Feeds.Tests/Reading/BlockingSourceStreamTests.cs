using System.Collections.Concurrent;
using SeqStream.Feeds.Reading;

namespace SeqStream.Feeds.Tests.Reading;

public sealed class BlockingSourceStreamTests
{
    [Fact]
    public async Task Reads_everything_in_order()
    {
        byte[] bytes = [.. Enumerable.Range(0, 300_000).Select(static i => (byte)(i * 31))];
        using BlockingSourceStream stream = new(new TrickleStream(bytes, 777));
        using MemoryStream copy = new();
        await stream.CopyToAsync(copy, 1000);

        Assert.Equal(bytes, copy.ToArray());
        Assert.Equal(0, await stream.ReadAsync(new byte[1]));
    }

    [Fact]
    public async Task Wait_for_input_can_be_cancelled_and_taken_up_again()
    {
        using WaitingStream source = new();
        using BlockingSourceStream stream = new(source);
        using CancellationTokenSource cancel = new();
        ValueTask<int> waiting = stream.ReadAsync(new byte[8], cancel.Token);
        cancel.Cancel();

        await Assert.ThrowsAsync<OperationCanceledException>(async () => await waiting);
        source.Give(42);
        byte[] buffer = new byte[8];
        Assert.Equal(1, await stream.ReadAsync(buffer, CancellationToken.None));
        Assert.Equal(42, buffer[0]);
        source.End();
        Assert.Equal(0, await stream.ReadAsync(buffer, CancellationToken.None));
    }

    [Fact]
    public async Task Failure_of_the_source_reaches_the_reader()
    {
        using BlockingSourceStream stream = new(new FailingStream());

        await Assert.ThrowsAsync<IOException>(async () => _ = await stream.ReadAtLeastAsync(new byte[8], 1));
    }

    /// <summary>A source whose reads wait for the next byte that the test gives.</summary>
    private sealed class WaitingStream : MemoryStream
    {
        private readonly BlockingCollection<byte> _bytes = [];

        public void Give(byte value) => _bytes.Add(value);

        public void End() => _bytes.CompleteAdding();

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (!_bytes.TryTake(out buffer[offset], Timeout.Infinite)) return 0;
            return 1;
        }
    }

    private sealed class FailingStream : MemoryStream
    {
        public override int Read(byte[] buffer, int offset, int count) => throw new IOException("the device is gone");
    }
}
