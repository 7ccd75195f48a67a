using SeqStream.Contracts;

namespace SeqStream.Feeds;

/// <summary>Raw grey pictures one after the other, a byte for each pixel, row by row, as <c>ffmpeg -f rawvideo -pix_fmt gray</c> writes them: a picture is a timestep.</summary>
/// <param name="source">The source as people name it.</param>
/// <param name="input">The bytes; stays open.</param>
/// <param name="pixels">Pixels of one picture, at least 1.</param>
public sealed class GreyPictureFeed(string source, Stream input, int pixels) : RawRowFeed(source, input, pixels, sizeof(byte), "bytes, one for each pixel of a picture")
{
    [HotPath]
    private protected override void Add(ReadOnlySpan<byte> numbers, bool isInteger, FramePayload payload)
    {
        foreach (byte pixel in numbers)
        {
            if (isInteger) payload.Add((long)pixel);
            else payload.Add((float)pixel);
        }
    }
}
