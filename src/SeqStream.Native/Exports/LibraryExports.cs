using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SeqStream.Kernels;
using SeqStream.Native.Errors;
using SeqStream.Native.Handles;

namespace SeqStream.Native.Exports;

/// <summary>What the library says of itself, and each thread's last error. The contract is seqstream.h.</summary>
internal static unsafe class LibraryExports
{
    private const uint Abi = 1;

    [UnmanagedCallersOnly(EntryPoint = "seqstream_abi")]
    public static uint AbiVersion() => Abi;

    [UnmanagedCallersOnly(EntryPoint = "seqstream_version")]
    public static byte* Version() => Literal("0.1.0\0"u8);

    [UnmanagedCallersOnly(EntryPoint = "seqstream_level")]
    public static byte* Level()
    {
        try
        {
            return KernelChoice.Best.InstructionSet switch
            {
                InstructionSet.Vector512 => Literal("avx512\0"u8),
                InstructionSet.Vector256 => Literal("avx2\0"u8),
                InstructionSet.Vector128 => Literal("baseline\0"u8),
                _ => Literal("scalar\0"u8),
            };
        }
        catch (Exception failure)
        {
            LastError.Set(failure);
            return Literal("none\0"u8);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "seqstream_last_error")]
    public static int Error() => (int)LastError.Status;

    [UnmanagedCallersOnly(EntryPoint = "seqstream_last_message")]
    public static byte* Message() => LastError.Text is null ? Literal("\0"u8) : LastError.Text;

    [UnmanagedCallersOnly(EntryPoint = "seqstream_live_handles")]
    public static nuint LiveHandles() => (nuint)HandleTable.Live;

    /// <summary>Literals lie in the library's own read-only data and never move.</summary>
    private static byte* Literal(ReadOnlySpan<byte> text) => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(text));
}
