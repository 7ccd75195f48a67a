using System.Runtime.CompilerServices;
using System.Text;
using SeqStream.Native.Errors;

namespace SeqStream.Native.Abi;

/// <summary>Checks of what a C caller hands over. Whoever fails one throws a <see cref="Refusal"/>, which the export answers as a code.</summary>
internal static unsafe class Caller
{
    private const int LongestName = 4096;

    /// <summary>Numbers of the caller to read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ReadOnlySpan<T> Read<T>(T* pointer, nuint count, string name) where T : unmanaged
    {
        Check(pointer, count, name);
        return new ReadOnlySpan<T>(pointer, (int)count);
    }

    /// <summary>Memory of the caller to write.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Span<T> Write<T>(T* pointer, nuint count, string name) where T : unmanaged
    {
        Check(pointer, count, name);
        return new Span<T>(pointer, (int)count);
    }

    /// <summary>Where a result is to be put.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref T Out<T>(T* pointer, string name) where T : unmanaged
    {
        if (pointer is null || ((nuint)pointer & (nuint)(sizeof(T) - 1) & 7) != 0) Refuse(pointer, name, sizeof(T));
        return ref *pointer;
    }

    /// <summary>A text that ends with a zero byte.</summary>
    public static string Text(byte* text, string name)
    {
        if (text is null) throw Refusal.NullPointer(name);
        int length = 0;
        while (length < LongestName && text[length] != 0) length++;
        if (length == 0) throw new Refusal(Status.InvalidArgument, $"'{name}' is empty.");
        if (length == LongestName) throw new Refusal(Status.InvalidArgument, $"'{name}' has no zero byte within {LongestName} bytes.");
        return Encoding.UTF8.GetString(text, length);
    }

    /// <summary>Copies bytes to a caller who may ask for their number first.</summary>
    /// <param name="bytes">What is wanted.</param>
    /// <param name="buffer">May be null if <paramref name="capacity"/> is 0.</param>
    /// <param name="capacity">Bytes of room.</param>
    /// <param name="needed">Is told how many bytes there are; may be null.</param>
    public static int Copy(ReadOnlySpan<byte> bytes, byte* buffer, nuint capacity, nuint* needed)
    {
        if (needed is not null) Out(needed, "needed") = (nuint)bytes.Length;
        if (capacity < (nuint)bytes.Length)
            return LastError.Set(Status.BufferTooSmall, $"The buffer has {capacity} bytes, expected at least {bytes.Length}. Call again with a larger one.");
        if (buffer is null && !bytes.IsEmpty) throw Refusal.NullPointer(nameof(buffer));
        bytes.CopyTo(new Span<byte>(buffer, bytes.Length));
        return (int)Status.Ok;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Check<T>(T* pointer, nuint count, string name) where T : unmanaged
    {
        if ((pointer is null && count != 0) || count > int.MaxValue / (nuint)sizeof(T) || ((nuint)pointer & (nuint)(sizeof(T) - 1)) != 0) RefuseMany(pointer, count, name, sizeof(T));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void RefuseMany(void* pointer, nuint count, string name, int size)
    {
        if (pointer is null) throw Refusal.NullPointer(name);
        if (count > int.MaxValue / (nuint)size) throw Refusal.Length(name, count, $"at most {int.MaxValue / size} elements");
        Refuse(pointer, name, size);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Refuse(void* pointer, string name, int size)
    {
        if (pointer is null) throw Refusal.NullPointer(name);
        throw new Refusal(Status.InvalidArgument, $"'{name}' is at an address that is no multiple of {Math.Min(size, 8)}.");
    }
}
