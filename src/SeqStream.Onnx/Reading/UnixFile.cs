using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace SeqStream.Onnx.Reading;

/// <summary>Opens files of Linux by a folder's handle and a plain name, following no link.</summary>
internal static partial class UnixFile
{
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const int EmptyPath = 0x1000;
    private const uint BasicFields = 0x7FF;
    private const int TypeMask = 0xF000;
    private const int RegularFile = 0x8000;

    private static bool IsArm => RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64;

    private static int NoFollow => IsArm ? 0x8000 : 0x20000;

    private static int DirectoryOnly => IsArm ? 0x4000 : 0x10000;

    /// <summary>The path with every link in it followed.</summary>
    /// <exception cref="Win32Exception">There is no such path.</exception>
    public static unsafe string RealPath(string path)
    {
        nint real = realpath(path, 0);
        if (real == 0) throw new Win32Exception(Marshal.GetLastPInvokeError());
        try
        {
            return Marshal.PtrToStringUTF8(real)!;
        }
        finally
        {
            NativeMemory.Free((void*)real);
        }
    }

    /// <summary>Opens a folder that is no link itself.</summary>
    /// <exception cref="Win32Exception">It cannot be opened.</exception>
    public static SafeFileHandle OpenFolder(string path) => Check(open(path, DirectoryOnly | NoFollow | CloseOnExec));

    /// <summary>Opens a file of a folder for reading; it waits for no pipe and follows no link.</summary>
    /// <exception cref="Win32Exception">It cannot be opened.</exception>
    public static SafeFileHandle OpenIn(SafeFileHandle folder, string name) => Check(openat(folder, name, NoFollow | NonBlocking | CloseOnExec));

    /// <summary>Size and number of names of a regular file; null if it is a pipe, a device or anything else.</summary>
    /// <exception cref="Win32Exception">The system does not say.</exception>
    public static (long Size, uint Names)? Examine(SafeFileHandle file)
    {
        if (statx(file, "", EmptyPath, BasicFields, out FileStatus status) != 0) throw new Win32Exception(Marshal.GetLastPInvokeError());
        return (status.Mode & TypeMask) == RegularFile ? (status.Size, status.Links) : null;
    }

    private static SafeFileHandle Check(SafeFileHandle handle)
    {
        if (!handle.IsInvalid) return handle;
        int error = Marshal.GetLastPInvokeError();
        handle.Dispose();
        throw new Win32Exception(error);
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint realpath(string path, nint buffer);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle open(string path, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle openat(SafeFileHandle folder, string name, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(SafeFileHandle file, string path, int flags, uint mask, out FileStatus status);

    /// <summary>The kernel's <c>struct statx</c>, the same on every architecture.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct FileStatus
    {
        [FieldOffset(16)] public uint Links;
        [FieldOffset(28)] public ushort Mode;
        [FieldOffset(40)] public long Size;
    }
}
