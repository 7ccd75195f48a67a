using System.Runtime.CompilerServices;
using SeqStream.Native.Errors;

namespace SeqStream.Native.Exports;

/// <summary>Answers of exports that could not take what a handle stands for.</summary>
internal static class Answer
{
    /// <summary>Notes why a handle could not be used and answers the code.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int Of(Status status, string kind, ulong handle) => LastError.Set(status, status == Status.Busy
        ? $"The {kind} with handle 0x{handle:x} is in use by another call. Let one thread at a time use it."
        : $"0x{handle:x} is no handle of a {kind}: it was freed, belongs to something else, or was never given. Use what the create function wrote.");
}
