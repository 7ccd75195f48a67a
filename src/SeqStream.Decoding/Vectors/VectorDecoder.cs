using System.Runtime.InteropServices;
using SeqStream.Contracts;
using SeqStream.Plan;
using SeqStream.State;

namespace SeqStream.Decoding.Vectors;

/// <summary>Passes every output of every step on as numbers, where it says something, for models without a task. Has no memory.</summary>
public sealed class VectorDecoder : IDecoder
{
    /// <inheritdoc/>
    public bool IsIdle => true;

    /// <inheritdoc/>
    [HotPath]
    public void Accept(in StepResult result, IEmissionWriter emissions)
    {
        Emission emission = emissions.Rent();
        emission.Kind = EmissionKind.Outputs;
        emission.Step = result.Step;
        emission.Time = result.Time;
        emission.AddText(result.Text);
        for (int port = 0; port < result.Signature.Outputs.Length; port++)
        {
            if (!result.Has(port)) continue;
            StepPort output = result.Signature.Outputs[port];
            emission.BeginOutput(output.Name, output.Type is ElementType.Float32 or ElementType.Float16);
            AddValues(emission, output.Type, result.Bytes(port));
        }
        emissions.Write(emission);
    }

    /// <inheritdoc/>
    public void End(IEmissionWriter emissions)
    {
    }

    /// <inheritdoc/>
    public void Reset()
    {
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
    }

    /// <inheritdoc/>
    public void Restore(ref StateReader reader)
    {
    }

    private static void AddValues(Emission emission, ElementType type, ReadOnlySpan<byte> bytes)
    {
        switch (type)
        {
            case ElementType.Float32:
                foreach (float value in MemoryMarshal.Cast<byte, float>(bytes)) emission.AddValue(value);
                break;
            case ElementType.Float64:
                foreach (double value in MemoryMarshal.Cast<byte, double>(bytes)) emission.AddValue(value);
                break;
            case ElementType.Float16:
                foreach (Half value in MemoryMarshal.Cast<byte, Half>(bytes)) emission.AddValue((double)value);
                break;
            case ElementType.Int64:
                foreach (long value in MemoryMarshal.Cast<byte, long>(bytes)) emission.AddValue(value);
                break;
            case ElementType.UInt64:
                foreach (ulong value in MemoryMarshal.Cast<byte, ulong>(bytes)) emission.AddValue(value);
                break;
            case ElementType.Int32:
                foreach (int value in MemoryMarshal.Cast<byte, int>(bytes)) emission.AddValue(value);
                break;
            case ElementType.UInt32:
                foreach (uint value in MemoryMarshal.Cast<byte, uint>(bytes)) emission.AddValue(value);
                break;
            case ElementType.Int16:
                foreach (short value in MemoryMarshal.Cast<byte, short>(bytes)) emission.AddValue(value);
                break;
            case ElementType.UInt16:
                foreach (ushort value in MemoryMarshal.Cast<byte, ushort>(bytes)) emission.AddValue(value);
                break;
            case ElementType.Int8:
                foreach (sbyte value in MemoryMarshal.Cast<byte, sbyte>(bytes)) emission.AddValue(value);
                break;
            default:
                foreach (byte value in bytes) emission.AddValue(value);
                break;
        }
    }
}
