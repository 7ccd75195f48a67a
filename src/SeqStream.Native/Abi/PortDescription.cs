using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SeqStream.Native.Abi;

/// <summary><c>seqstream_port</c> of seqstream.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct PortDescription
{
    public const int MostDimensions = 8;

    public uint StructSize;
    public int Type;
    public byte* Name;
    public nuint Elements;
    public nuint Bytes;
    public uint Rank;
    public DimensionList Dimensions;

    [InlineArray(MostDimensions)]
    public struct DimensionList
    {
        private uint _first;
    }
}
