using System.Runtime.InteropServices;

namespace SeqStream.Native.Abi;

/// <summary><c>seqstream_emission</c> of seqstream.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct EmissionDescription
{
    public uint StructSize;
    public int Kind;
    public long Step;
    public double Time;
    public double SpanStart;
    public double SpanEnd;
    public float Score;
    public int IsPartial;
    public byte* Label;
    public byte* Text;
    public nuint TextBytes;
    public OutputDescription* Outputs;
    public nuint OutputCount;
    public PartDescription* Parts;
    public nuint PartCount;

    /// <summary><c>seqstream_output</c>.</summary>
    public struct OutputDescription
    {
        public byte* Name;
        public double* Values;
        public nuint Count;
    }

    /// <summary><c>seqstream_part</c>.</summary>
    public struct PartDescription
    {
        public byte* Text;
        public nuint TextBytes;
        public double Score;
    }
}
