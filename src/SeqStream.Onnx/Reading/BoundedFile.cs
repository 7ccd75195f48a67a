namespace SeqStream.Onnx.Reading;

/// <summary>Reads whole files of bounded size.</summary>
internal static class BoundedFile
{
    /// <summary>All bytes of a file of at most <paramref name="limit"/> bytes. Pipes and devices, which have no length, read as empty.</summary>
    public static byte[] Read(string path, long limit)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        long length = stream.CanSeek ? stream.Length : 0;
        if (length > Math.Min(limit, Array.MaxLength)) throw new OnnxFormatException(Path.GetFileName(path), -1, $"it has {length} bytes; the limit is {limit}.");
        byte[] bytes = new byte[length];
        int read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return read == bytes.Length ? bytes : bytes[..read];
    }
}
