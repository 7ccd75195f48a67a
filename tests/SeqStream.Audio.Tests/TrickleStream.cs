namespace SeqStream.Audio;

/// <summary>Bytes that come a few at a time, as from a live pipe; the pieces' sizes repeat.</summary>
internal sealed class TrickleStream(byte[] bytes, params int[] sizes) : MemoryStream(bytes)
{
    private int _reads;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        => base.ReadAsync(buffer[..Math.Min(buffer.Length, sizes[_reads++ % sizes.Length])], cancellationToken);
}
