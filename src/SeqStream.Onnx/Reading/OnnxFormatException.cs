using System.Globalization;

namespace SeqStream.Onnx.Reading;

/// <summary>A file is not the ONNX model it should be, or goes beyond what <see cref="OnnxLimits"/> allows. The message names the file, the place and what was expected.</summary>
public sealed class OnnxFormatException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="file">The model's file, for people.</param>
    /// <param name="offset">Byte offset of the fault; -1 where no single byte is at fault.</param>
    /// <param name="reason">What was found, what was expected, what to do.</param>
    public OnnxFormatException(string file, long offset, string reason)
        : base(offset < 0 ? $"Model '{file}': {reason}" : string.Create(CultureInfo.InvariantCulture, $"Model '{file}', byte {offset}: {reason}"))
    {
        File = file;
        Offset = offset;
    }

    /// <summary>The model's file.</summary>
    public string File { get; }

    /// <summary>Byte offset of the fault; -1 where no single byte is at fault.</summary>
    public long Offset { get; }
}
