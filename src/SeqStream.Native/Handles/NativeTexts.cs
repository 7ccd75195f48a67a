using System.Runtime.InteropServices;
using System.Text;

namespace SeqStream.Native.Handles;

/// <summary>Texts in native memory, UTF-8 with a zero behind each, that live as long as their owner.</summary>
internal sealed unsafe class NativeTexts : IDisposable
{
    private readonly byte*[] _texts;

    /// <summary>Copies the texts.</summary>
    public NativeTexts(IReadOnlyList<string> texts)
    {
        _texts = new byte*[texts.Count];
        for (int i = 0; i < texts.Count; i++)
        {
            int bytes = Encoding.UTF8.GetByteCount(texts[i]);
            _texts[i] = (byte*)NativeMemory.Alloc((nuint)bytes + 1);
            Encoding.UTF8.GetBytes(texts[i], new Span<byte>(_texts[i], bytes));
            _texts[i][bytes] = 0;
        }
    }

    ~NativeTexts() => Free();

    /// <summary>How many.</summary>
    public int Count => _texts.Length;

    /// <summary>One of them.</summary>
    public byte* this[int index] => _texts[index];

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        for (int i = 0; i < _texts.Length; i++)
        {
            NativeMemory.Free(_texts[i]);
            _texts[i] = null;
        }
    }
}
