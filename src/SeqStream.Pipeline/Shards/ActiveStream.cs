using System.Runtime.InteropServices;
using SeqStream.Contracts;

namespace SeqStream.Pipeline.Shards;

/// <summary>What a stream needs while frames wait or its front end or decoder remembers something. Reused for other streams.</summary>
internal sealed class ActiveStream(int index)
{
    public readonly int Index = index;
    public IFrontEnd? FrontEnd;
    public IDecoder? Decoder;
    public FrameQueue Frames;
    public StreamPhase Phase;
    private readonly List<byte> _echo = [];

    /// <summary>What the frame taken last passes through to emissions, in UTF-8; usually empty.</summary>
    public ReadOnlySpan<byte> Echo => CollectionsMarshal.AsSpan(_echo);

    /// <summary>Keeps what a frame passes through until the next frame is taken.</summary>
    public void Keep(ReadOnlySpan<byte> echo)
    {
        _echo.Clear();
        if (!echo.IsEmpty) _echo.AddRange(echo);
    }
}
