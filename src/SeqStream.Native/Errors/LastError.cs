using System.Runtime.InteropServices;
using System.Text;
using SeqStream.Contracts;
using SeqStream.Models;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.State;

namespace SeqStream.Native.Errors;

/// <summary>The last error of each thread: its code and its text in native memory, which lives until the thread's next error or its end.</summary>
internal static unsafe class LastError
{
    [ThreadStatic]
    private static ErrorText? t_text;

    [ThreadStatic]
    private static Status t_status;

    /// <summary>Code of this thread's last error; Ok if it had none.</summary>
    public static Status Status => t_status;

    /// <summary>Its text, UTF-8 with a zero behind it; null if there was none.</summary>
    public static byte* Text => t_text is null ? null : t_text.Pointer;

    /// <summary>Notes an error of this thread and answers its code.</summary>
    public static int Set(Status status, string message)
    {
        t_status = status;
        try
        {
            (t_text ??= new ErrorText()).Set(message);
        }
        catch (OutOfMemoryException)
        {
            t_text = null;
        }
        return (int)status;
    }

    /// <summary>Notes what an exception says and answers its code.</summary>
    public static int Set(Exception failure) => Set(StatusOf(failure), failure is OutOfMemoryException ? "There is not enough memory." : failure.Message);

    private static Status StatusOf(Exception failure) => failure switch
    {
        Refusal refusal => refusal.Status,
        ModelNotFoundException or FileNotFoundException or DirectoryNotFoundException => Status.NotFound,
        OnnxFormatException or ModelNotStreamableException or LoweringException => Status.BadModel,
        CardException => Status.BadCard,
        StateSnapshotException => Status.BadState,
        OutOfMemoryException or InsufficientMemoryException => Status.OutOfMemory,
        PlatformNotSupportedException => Status.Unavailable,
        ObjectDisposedException => Status.InvalidHandle,
        InvalidOperationException or NotSupportedException => Status.WrongPorts,
        ArgumentException => Status.InvalidArgument,
        IOException or UnauthorizedAccessException => Status.NotFound,
        _ => Status.Internal,
    };

    /// <summary>A text in native memory, freed with the thread that owns it.</summary>
    private sealed class ErrorText
    {
        private nuint _capacity;

        ~ErrorText() => NativeMemory.Free(Pointer);

        public byte* Pointer { get; private set; }

        public void Set(string message)
        {
            nuint bytes = (nuint)Encoding.UTF8.GetMaxByteCount(message.Length) + 1;
            if (bytes > _capacity)
            {
                Pointer = (byte*)NativeMemory.Realloc(Pointer, bytes);
                _capacity = bytes;
            }
            int written = Encoding.UTF8.GetBytes(message, new Span<byte>(Pointer, (int)_capacity));
            Pointer[written] = 0;
        }
    }
}
