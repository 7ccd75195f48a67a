using SeqStream.Contracts;

namespace SeqStream.Pipeline.Shards;

/// <summary>First-in first-out queues of frames, one for each stream that has any, in one array of nodes. A queue is a <see cref="FrameQueue"/>.</summary>
[HotPath]
internal sealed class FrameQueues
{
    private readonly Frame[] _frames;  // [capacity]
    private readonly int[] _next;      // [capacity] node after this one in its queue or in the free list, -1 at the end
    private int _free;

    public FrameQueues(int capacity)
    {
        _frames = new Frame[capacity];
        _next = new int[capacity];
        for (int node = 0; node < capacity; node++) _next[node] = node + 1 < capacity ? node + 1 : -1;
    }

    /// <summary>True while another frame can be taken in.</summary>
    public bool HasRoom => _free >= 0;

    /// <summary>True if the oldest frame of a queue is of a kind.</summary>
    public bool BeginsWith(in FrameQueue queue, FrameKind kind) => !queue.IsEmpty && _frames[queue.Head - 1].Kind == kind;

    /// <summary>True if the oldest frame of a queue is a control item.</summary>
    public bool BeginsWithControl(in FrameQueue queue) => !queue.IsEmpty && _frames[queue.Head - 1].Kind != FrameKind.Data;

    /// <summary>Appends a frame; <see cref="HasRoom"/> must be true.</summary>
    public void Enqueue(ref FrameQueue queue, in Frame frame)
    {
        int node = _free;
        _free = _next[node];
        _frames[node] = frame;
        _next[node] = -1;
        if (queue.IsEmpty) queue.Head = node + 1;
        else _next[queue.Tail - 1] = node;
        queue.Tail = node + 1;
    }

    /// <summary>Takes the oldest frame, if there is one.</summary>
    public bool TryDequeue(ref FrameQueue queue, out Frame frame)
    {
        if (queue.IsEmpty)
        {
            frame = default;
            return false;
        }
        int node = queue.Head - 1;
        frame = _frames[node];
        _frames[node] = default;
        queue.Head = _next[node] + 1;
        _next[node] = _free;
        _free = node;
        return true;
    }
}
