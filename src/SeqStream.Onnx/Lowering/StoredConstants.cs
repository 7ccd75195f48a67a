using System.Collections.Immutable;
using SeqStream.Onnx.Reading;
using SeqStream.Plan;
using SeqStream.Weights;

namespace SeqStream.Onnx.Lowering;

/// <summary>
/// Recognises weights that a model stores in fewer bytes than float32: a constant behind Cast or DequantizeLinear. The node is folded to float32 as any other; its
/// value keeps what it was, so that recurrent and dense layers can run on that.
/// </summary>
internal static class StoredConstants
{
    /// <summary>The folded outputs of a node, with what they were where that is known.</summary>
    public static ImmutableArray<Wire?> Tag(OnnxNode node, ImmutableArray<Wire?> inputs, ImmutableArray<Wire?> outputs)
    {
        if (node.Domain.Length > 0 || outputs is not [{ Constant: { Type: ElementType.Float32, Stored: null } widened } output]) return outputs;
        StoredTensor? stored = node.Operator switch
        {
            "Cast" => OfHalves(inputs[0]!.Constant!),
            "DequantizeLinear" => OfCodes(node, inputs[0]!.Constant!, inputs[1]!.Constant!, inputs.Length > 2 ? inputs[2]?.Constant : null),
            _ => null,
        };
        return stored is null ? outputs : [new Wire(output.Name, widened.WithStored(stored))];
    }

    /// <summary>float16 elements; null for others.</summary>
    public static StoredTensor? OfHalves(ConstantTensor tensor) => tensor.Type == ElementType.Float16 ? StoredTensor.OfHalves(WeightForm.Float16, tensor.Shape, tensor.Values<ushort>()) : null;

    private static StoredTensor? OfCodes(OnnxNode node, ConstantTensor x, ConstantTensor scale, ConstantTensor? zeroPoint)
    {
        if (x.Type is not (ElementType.Int8 or ElementType.UInt8) || scale.Type != ElementType.Float32 || x.Shape.Rank is not (2 or 3)) return null;
        int block = (int)(node.Attributes.GetValueOrDefault("block_size")?.Int ?? 0), axis = (int)(node.Attributes.GetValueOrDefault("axis")?.Int ?? 1);
        if (axis < 0) axis += x.Shape.Rank;
        if (scale.Shape.ElementCount == 1 && scale.Shape.Rank <= 1) (axis, block) = (-1, 0);
        else if (scale.Shape.Rank == 1) block = 0;
        else if (block < 1 || !IsInBlocks(x.Shape, scale.Shape, axis, block)) return null;
        return Codes(x, zeroPoint) is { } codes ? StoredTensor.OfCodes(x.Shape, codes, scale.Values<float>().ToArray(), axis, block) : null;
    }

    /// <summary>True if there is one scale for each block along the axis, and for each index of the others.</summary>
    private static bool IsInBlocks(TensorShape x, TensorShape scale, int axis, int block)
    {
        for (int dimension = 0; dimension < x.Rank; dimension++)
        {
            long expected = dimension == axis ? (x[dimension] + (long)block - 1) / block : x[dimension];
            if (scale[dimension] != expected) return false;
        }
        return true;
    }

    /// <summary>The integers less one zero point for all; null if there are several, or if 8 bits do not hold the differences.</summary>
    private static sbyte[]? Codes(ConstantTensor x, ConstantTensor? zeroPoint)
    {
        ReadOnlySpan<byte> zeros = zeroPoint is null ? [] : zeroPoint.Bytes;
        if (zeroPoint is not null && (zeroPoint.Type != x.Type || zeros.IsEmpty || zeros.ContainsAnyExcept(zeros[0]))) return null;
        bool isSigned = x.Type == ElementType.Int8;
        int zero = zeros.IsEmpty ? 0 : isSigned ? (sbyte)zeros[0] : zeros[0];
        sbyte[] codes = new sbyte[x.Bytes.Length];
        for (int i = 0; i < codes.Length; i++)
        {
            int code = (isSigned ? (sbyte)x.Bytes[i] : x.Bytes[i]) - zero;
            if (code is < sbyte.MinValue or > sbyte.MaxValue) return null;
            codes[i] = (sbyte)code;
        }
        return codes;
    }
}
