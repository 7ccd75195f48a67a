using System.Runtime.InteropServices;

namespace SeqStream.Ort.Native;

/// <summary>Zero-terminated UTF-8 strings and arrays of them in native memory, freed together when disposed.</summary>
internal sealed unsafe class OrtText : IDisposable
{
    private readonly List<nint> _blocks = [];

    public byte* Of(string text)
    {
        nint block = Marshal.StringToCoTaskMemUTF8(text);
        _blocks.Add(block);
        return (byte*)block;
    }

    public byte** Of(IReadOnlyCollection<string> texts)
    {
        byte** array = (byte**)Marshal.AllocCoTaskMem(Math.Max(1, texts.Count) * sizeof(byte*));
        _blocks.Add((nint)array);
        int index = 0;
        foreach (string text in texts) array[index++] = Of(text);
        return array;
    }

    /// <summary>A path as ONNX Runtime takes it: UTF-16 on Windows, UTF-8 elsewhere.</summary>
    public void* OfPath(string path)
    {
        if (!OperatingSystem.IsWindows()) return Of(path);
        nint block = Marshal.StringToCoTaskMemUni(path);
        _blocks.Add(block);
        return (void*)block;
    }

    public void Dispose()
    {
        foreach (nint block in _blocks) Marshal.FreeCoTaskMem(block);
        _blocks.Clear();
    }

    /// <summary>Reads a zero-terminated UTF-8 string; null reads as empty.</summary>
    public static string Read(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? "";
}
