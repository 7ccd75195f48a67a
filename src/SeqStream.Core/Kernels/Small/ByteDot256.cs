using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

#pragma warning disable CA2252 // .NET 9 calls VNNI a preview; it is the same there

namespace SeqStream.Kernels.Small;

/// <summary>256-bit integer products: by VNNI, or by AVX2's products of byte pairs, which 16 bits hold because neither factor is beyond 127.</summary>
internal readonly unsafe struct ByteDot256 : IByteDot<Vector256<int>, Vector256<float>>
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    public static int Shift
    {
        [MethodImpl(Inline)]
        get => AvxVnni.IsSupported ? 128 : 0;
    }

    [MethodImpl(Inline)]
    public static Vector256<int> Load(void* p) => Vector256.Load((int*)p);

    [MethodImpl(Inline)]
    public static Vector256<int> Set(int value) => Vector256.Create(value);

    [MethodImpl(Inline)]
    public static Vector256<int> Dot(Vector256<int> sum, Vector256<int> activations, Vector256<int> weights)
    {
        if (AvxVnni.IsSupported) return AvxVnni.MultiplyWideningAndAdd(sum, activations.AsByte(), weights.AsSByte());
        if (!Avx2.IsSupported) return Vector256.Create(ByteDot128.Dot(sum.GetLower(), activations.GetLower(), weights.GetLower()), ByteDot128.Dot(sum.GetUpper(), activations.GetUpper(), weights.GetUpper()));
        Vector256<byte> sizes = Avx2.Abs(activations.AsSByte());
        Vector256<short> pairs = Avx2.MultiplyAddAdjacent(sizes, Avx2.Sign(weights.AsSByte(), activations.AsSByte()));
        return sum + Avx2.MultiplyAddAdjacent(pairs, Vector256<short>.One);
    }

    [MethodImpl(Inline)]
    public static Vector256<int> DotNibbles(Vector256<int> sum, Vector256<int> activations, Vector256<int> weights)
    {
        if (AvxVnni.IsSupported) return AvxVnni.MultiplyWideningAndAdd(sum, weights.AsByte(), activations.AsSByte());
        if (!Avx2.IsSupported) return Vector256.Create(ByteDot128.DotNibbles(sum.GetLower(), activations.GetLower(), weights.GetLower()), ByteDot128.DotNibbles(sum.GetUpper(), activations.GetUpper(), weights.GetUpper()));
        Vector256<short> pairs = Avx2.MultiplyAddAdjacent(weights.AsByte(), activations.AsSByte());
        return sum + Avx2.MultiplyAddAdjacent(pairs, Vector256<short>.One);
    }

    [MethodImpl(Inline)]
    public static Vector256<int> LowNibbles(Vector256<int> bytes) => bytes & Vector256.Create(0x0f0f0f0f);

    [MethodImpl(Inline)]
    public static Vector256<int> HighNibbles(Vector256<int> bytes) => Vector256.ShiftRightLogical(bytes, 4) & Vector256.Create(0x0f0f0f0f);

    [MethodImpl(Inline)]
    public static Vector256<float> ToFloat(Vector256<int> sum) => Vector256.ConvertToSingle(sum);

    [MethodImpl(Inline)]
    public static int Sum(Vector256<int> v) => Vector256.Sum(v);
}
