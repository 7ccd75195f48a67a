using System.Threading.Channels;
using SeqStream.Contracts;

namespace SeqStream.Pipeline.Branching;

/// <summary>Writes each frame to all branches, copies first: the payload itself goes with the frame of the first branch. One writer; a frame that <see cref="TryWrite"/> did not take must be the next one written.</summary>
/// <param name="branches">The branches; the first one's names are the frames'.</param>
[HotPath]
internal sealed class BranchWriter(FeedContext[] branches) : ChannelWriter<Frame>
{
    private readonly int[][] _streams = new int[branches.Length][];   // [branch][stream of the first branch] its id + 1
    private int _branch = branches.Length - 1;                        // where the frame goes next
    private Frame? _copy;                                             // what waits to go there

    public override bool TryWrite(Frame item)
    {
        for (; _branch > 0; _branch--)
        {
            Frame copy = _copy ??= CopyFor(_branch, in item);
            if (!branches[_branch].Frames.TryWrite(copy)) return false;
            _copy = null;
        }
        if (!branches[0].Frames.TryWrite(item)) return false;
        _branch = branches.Length - 1;
        return true;
    }

    public override async ValueTask WriteAsync(Frame item, CancellationToken cancellationToken = default)
    {
        for (; _branch > 0; _branch--)
        {
            await branches[_branch].Frames.WriteAsync(_copy ??= CopyFor(_branch, in item), cancellationToken).ConfigureAwait(false);
            _copy = null;
        }
        await branches[0].Frames.WriteAsync(item, cancellationToken).ConfigureAwait(false);
        _branch = branches.Length - 1;
    }

    public override async ValueTask<bool> WaitToWriteAsync(CancellationToken cancellationToken = default)
    {
        foreach (FeedContext branch in branches)
        {
            if (!await branch.Frames.WaitToWriteAsync(cancellationToken).ConfigureAwait(false)) return false;
        }
        return true;
    }

    public override bool TryComplete(Exception? error = null)
    {
        bool completed = true;
        foreach (FeedContext branch in branches) completed &= branch.Frames.TryComplete(error);
        return completed;
    }

    private Frame CopyFor(int branch, in Frame item)
    {
        Frame copy = item;
        copy.Stream = StreamOf(branch, item.Stream);
        if (item.Payload is not { } payload) return copy;
        copy.Payload = branches[branch].Payloads.Rent();
        copy.Payload.CopyContent(payload);
        copy.Payload.AddEcho(payload.Echo);
        return copy;
    }

    private StreamId StreamOf(int branch, StreamId stream)
    {
        ref int[] known = ref _streams[branch];
        if (known is null || stream.Index >= known.Length) Array.Resize(ref known, Math.Max(64, stream.Index * 2));
        ref int id = ref known[stream.Index];
        if (id == 0) id = branches[branch].Streams.Intern(branches[0].Streams.Utf8Name(stream)).Index + 1;
        return new StreamId(id - 1);
    }
}
