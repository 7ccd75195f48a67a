using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SeqStream.Kernels;

/// <summary>256-bit vectors: 8 floats.</summary>
internal readonly unsafe struct Simd256 : ISimd<Vector256<float>>
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;
    private const int RootOfHalf = 0x3f3504f3; // the bits of sqrt(1/2)

    public static int Width
    {
        [MethodImpl(Inline)]
        get => 8;
    }

    [MethodImpl(Inline)]
    public static Vector256<float> Load(float* p) => Vector256.Load(p);

    [MethodImpl(Inline)]
    public static void Store(float* p, Vector256<float> v) => v.Store(p);

    [MethodImpl(Inline)]
    public static Vector256<float> Set(float value) => Vector256.Create(value);

    [MethodImpl(Inline)]
    public static Vector256<float> Add(Vector256<float> a, Vector256<float> b) => a + b;

    [MethodImpl(Inline)]
    public static Vector256<float> Sub(Vector256<float> a, Vector256<float> b) => a - b;

    [MethodImpl(Inline)]
    public static Vector256<float> Mul(Vector256<float> a, Vector256<float> b) => a * b;

    [MethodImpl(Inline)]
    public static Vector256<float> Div(Vector256<float> a, Vector256<float> b) => a / b;

    [MethodImpl(Inline)]
    public static Vector256<float> Sqrt(Vector256<float> v) => Vector256.Sqrt(v);

    [MethodImpl(Inline)]
    public static Vector256<float> Abs(Vector256<float> v) => Vector256.Abs(v);

    [MethodImpl(Inline)]
    public static Vector256<float> Fma(Vector256<float> a, Vector256<float> b, Vector256<float> c) => Vector256.MultiplyAddEstimate(a, b, c);

    [MethodImpl(Inline)]
    public static Vector256<float> AtLeast(Vector256<float> v, Vector256<float> bound) => Vector256.MaxNative(bound, v);

    [MethodImpl(Inline)]
    public static Vector256<float> AtMost(Vector256<float> v, Vector256<float> bound) => Vector256.MinNative(bound, v);

    [MethodImpl(Inline)]
    public static Vector256<float> Less(Vector256<float> a, Vector256<float> b) => Vector256.LessThan(a, b);

    [MethodImpl(Inline)]
    public static Vector256<float> LessOrEqual(Vector256<float> a, Vector256<float> b) => Vector256.LessThanOrEqual(a, b);

    [MethodImpl(Inline)]
    public static Vector256<float> Maximum(Vector256<float> a, Vector256<float> b) => Vector256.Max(a, b);

    [MethodImpl(Inline)]
    public static Vector256<float> Select(Vector256<float> mask, Vector256<float> a, Vector256<float> b) => Vector256.ConditionalSelect(mask, a, b);

    [MethodImpl(Inline)]
    public static Vector256<float> CopySign(Vector256<float> v, Vector256<float> sign) => Vector256.CopySign(v, sign);

    [MethodImpl(Inline)]
    public static Vector256<float> BitsToExponent(Vector256<float> v) => Vector256.ShiftLeft(v.AsInt32(), 23).AsSingle();

    [MethodImpl(Inline)]
    public static Vector256<float> SplitExponent(Vector256<float> v, out Vector256<float> mantissa)
    {
        Vector256<int> exponent = Vector256.ShiftRightArithmetic(v.AsInt32() - Vector256.Create(RootOfHalf), 23);
        mantissa = (v.AsInt32() - Vector256.ShiftLeft(exponent, 23)).AsSingle();
        return Vector256.ConvertToSingle(exponent);
    }

    [MethodImpl(Inline)]
    public static float Sum(Vector256<float> v) => Vector256.Sum(v);

    [MethodImpl(Inline)]
    public static Vector256<float> BitsUp(Vector256<float> v, int count) => Vector256.ShiftLeft(v.AsInt32(), count).AsSingle();

    [MethodImpl(Inline)]
    public static Vector256<float> BitsDown(Vector256<float> v, int count) => Vector256.ShiftRightArithmetic(v.AsInt32(), count).AsSingle();

    [MethodImpl(Inline)]
    public static Vector256<float> BitsIn(Vector256<float> v, int mask) => (v.AsInt32() & Vector256.Create(mask)).AsSingle();

    [MethodImpl(Inline)]
    public static void StoreLowBytes(byte* p, Vector256<float> v)
    {
        Vector256<int> bits = v.AsInt32() & Vector256.Create(0xff);
        Vector128<short> halves = Vector128.Narrow(bits.GetLower(), bits.GetUpper());
        Unsafe.WriteUnaligned(p, Vector128.Narrow(halves, halves).AsInt64().ToScalar());
    }
}
