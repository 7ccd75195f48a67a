using System.Threading.Channels;
using SeqStream.Contracts;

namespace SeqStream.Pipeline.Shards;

/// <summary>Sends each frame to the shard that owns its stream, by the name's stable hash.</summary>
[HotPath]
internal sealed class ShardRouter(ChannelWriter<Frame>[] shards, StreamDirectory streams) : ChannelWriter<Frame>
{
    public override bool TryWrite(Frame item) => OwnerOf(item.Stream).TryWrite(item);

    public override ValueTask WriteAsync(Frame item, CancellationToken cancellationToken = default) => OwnerOf(item.Stream).WriteAsync(item, cancellationToken);

    public override async ValueTask<bool> WaitToWriteAsync(CancellationToken cancellationToken = default)
    {
        foreach (ChannelWriter<Frame> shard in shards)
        {
            if (!await shard.WaitToWriteAsync(cancellationToken).ConfigureAwait(false)) return false;
        }
        return true;
    }

    public override bool TryComplete(Exception? error = null)
    {
        bool completed = true;
        foreach (ChannelWriter<Frame> shard in shards) completed &= shard.TryComplete(error);
        return completed;
    }

    private ChannelWriter<Frame> OwnerOf(StreamId stream) => shards[streams.StableHashOf(stream) % (uint)shards.Length];
}
