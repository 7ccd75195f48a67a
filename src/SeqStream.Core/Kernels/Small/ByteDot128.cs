using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

#pragma warning disable CA2252 // .NET 9 calls VNNI a preview; it is the same there

namespace SeqStream.Kernels.Small;

/// <summary>128-bit integer products: by VNNI, ARM's dot product, SSE's products of byte or 16-bit pairs, or 16-bit products that any machine has.</summary>
internal readonly unsafe struct ByteDot128 : IByteDot<Vector128<int>, Vector128<float>>
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    public static int Shift
    {
        [MethodImpl(Inline)]
        get => AvxVnni.IsSupported ? 128 : 0;
    }

    [MethodImpl(Inline)]
    public static Vector128<int> Load(void* p) => Vector128.Load((int*)p);

    [MethodImpl(Inline)]
    public static Vector128<int> Set(int value) => Vector128.Create(value);

    [MethodImpl(Inline)]
    public static Vector128<int> Dot(Vector128<int> sum, Vector128<int> activations, Vector128<int> weights)
    {
        if (AvxVnni.IsSupported) return AvxVnni.MultiplyWideningAndAdd(sum, activations.AsByte(), weights.AsSByte());
        if (Dp.IsSupported) return Dp.DotProduct(sum, activations.AsSByte(), weights.AsSByte());
        if (!Ssse3.IsSupported) return Portable(sum, activations, weights);
        Vector128<byte> sizes = Ssse3.Abs(activations.AsSByte());
        Vector128<short> pairs = Ssse3.MultiplyAddAdjacent(sizes, Ssse3.Sign(weights.AsSByte(), activations.AsSByte()));
        return sum + Sse2.MultiplyAddAdjacent(pairs, Vector128<short>.One);
    }

    [MethodImpl(Inline)]
    public static Vector128<int> DotNibbles(Vector128<int> sum, Vector128<int> activations, Vector128<int> weights)
    {
        if (AvxVnni.IsSupported) return AvxVnni.MultiplyWideningAndAdd(sum, weights.AsByte(), activations.AsSByte());
        if (Dp.IsSupported) return Dp.DotProduct(sum, activations.AsSByte(), weights.AsSByte());
        if (!Ssse3.IsSupported) return Portable(sum, activations, weights);
        Vector128<short> pairs = Ssse3.MultiplyAddAdjacent(weights.AsByte(), activations.AsSByte());
        return sum + Sse2.MultiplyAddAdjacent(pairs, Vector128<short>.One);
    }

    [MethodImpl(Inline)]
    public static Vector128<int> LowNibbles(Vector128<int> bytes) => bytes & Vector128.Create(0x0f0f0f0f);

    [MethodImpl(Inline)]
    public static Vector128<int> HighNibbles(Vector128<int> bytes) => Vector128.ShiftRightLogical(bytes, 4) & Vector128.Create(0x0f0f0f0f);

    [MethodImpl(Inline)]
    public static Vector128<float> ToFloat(Vector128<int> sum) => Vector128.ConvertToSingle(sum);

    [MethodImpl(Inline)]
    public static int Sum(Vector128<int> v) => Vector128.Sum(v);

    /// <summary>Signed bytes: the products of two pairs are at most 2 * 127 * 127, which 16 bits hold.</summary>
    [MethodImpl(Inline)]
    private static Vector128<int> Portable(Vector128<int> sum, Vector128<int> activations, Vector128<int> weights)
    {
        Vector128<short> a = activations.AsInt16(), w = weights.AsInt16();
        Vector128<short> even = Vector128.ShiftRightArithmetic(Vector128.ShiftLeft(a, 8), 8) * Vector128.ShiftRightArithmetic(Vector128.ShiftLeft(w, 8), 8);
        Vector128<short> odd = Vector128.ShiftRightArithmetic(a, 8) * Vector128.ShiftRightArithmetic(w, 8);
        Vector128<int> pairs = (even + odd).AsInt32();
        return sum + Vector128.ShiftRightArithmetic(Vector128.ShiftLeft(pairs, 16), 16) + Vector128.ShiftRightArithmetic(pairs, 16);
    }
}
