using System.Runtime.InteropServices;

namespace SeqStream.Native.Abi;

/// <summary><c>seqstream_model_info</c> of seqstream.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ModelDescription
{
    public uint StructSize;
    public int HasPlainPorts;
    public uint Inputs;
    public uint Outputs;
    public uint Labels;
    public int SampleRateHz;
    public uint RowNumbers;
    public int FramesPerStep;
    public double StepsPerSecond;
    public ulong ModelId;
    public nuint StateBytes;
    public nuint SavedBytes;
    public nuint InputElements;
    public nuint OutputElements;
}
