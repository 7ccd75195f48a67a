using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SeqStream.Kernels;

/// <summary>128-bit vectors: 4 floats.</summary>
internal readonly unsafe struct Simd128 : ISimd<Vector128<float>>
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;
    private const int RootOfHalf = 0x3f3504f3; // the bits of sqrt(1/2)

    public static int Width
    {
        [MethodImpl(Inline)]
        get => 4;
    }

    [MethodImpl(Inline)]
    public static Vector128<float> Load(float* p) => Vector128.Load(p);

    [MethodImpl(Inline)]
    public static void Store(float* p, Vector128<float> v) => v.Store(p);

    [MethodImpl(Inline)]
    public static Vector128<float> Set(float value) => Vector128.Create(value);

    [MethodImpl(Inline)]
    public static Vector128<float> Add(Vector128<float> a, Vector128<float> b) => a + b;

    [MethodImpl(Inline)]
    public static Vector128<float> Sub(Vector128<float> a, Vector128<float> b) => a - b;

    [MethodImpl(Inline)]
    public static Vector128<float> Mul(Vector128<float> a, Vector128<float> b) => a * b;

    [MethodImpl(Inline)]
    public static Vector128<float> Div(Vector128<float> a, Vector128<float> b) => a / b;

    [MethodImpl(Inline)]
    public static Vector128<float> Sqrt(Vector128<float> v) => Vector128.Sqrt(v);

    [MethodImpl(Inline)]
    public static Vector128<float> Abs(Vector128<float> v) => Vector128.Abs(v);

    [MethodImpl(Inline)]
    public static Vector128<float> Fma(Vector128<float> a, Vector128<float> b, Vector128<float> c) => Vector128.MultiplyAddEstimate(a, b, c);

    [MethodImpl(Inline)]
    public static Vector128<float> AtLeast(Vector128<float> v, Vector128<float> bound) => Vector128.MaxNative(bound, v);

    [MethodImpl(Inline)]
    public static Vector128<float> AtMost(Vector128<float> v, Vector128<float> bound) => Vector128.MinNative(bound, v);

    [MethodImpl(Inline)]
    public static Vector128<float> Less(Vector128<float> a, Vector128<float> b) => Vector128.LessThan(a, b);

    [MethodImpl(Inline)]
    public static Vector128<float> LessOrEqual(Vector128<float> a, Vector128<float> b) => Vector128.LessThanOrEqual(a, b);

    [MethodImpl(Inline)]
    public static Vector128<float> Maximum(Vector128<float> a, Vector128<float> b) => Vector128.Max(a, b);

    [MethodImpl(Inline)]
    public static Vector128<float> Select(Vector128<float> mask, Vector128<float> a, Vector128<float> b) => Vector128.ConditionalSelect(mask, a, b);

    [MethodImpl(Inline)]
    public static Vector128<float> CopySign(Vector128<float> v, Vector128<float> sign) => Vector128.CopySign(v, sign);

    [MethodImpl(Inline)]
    public static Vector128<float> BitsToExponent(Vector128<float> v) => Vector128.ShiftLeft(v.AsInt32(), 23).AsSingle();

    [MethodImpl(Inline)]
    public static Vector128<float> SplitExponent(Vector128<float> v, out Vector128<float> mantissa)
    {
        Vector128<int> exponent = Vector128.ShiftRightArithmetic(v.AsInt32() - Vector128.Create(RootOfHalf), 23);
        mantissa = (v.AsInt32() - Vector128.ShiftLeft(exponent, 23)).AsSingle();
        return Vector128.ConvertToSingle(exponent);
    }

    [MethodImpl(Inline)]
    public static float Sum(Vector128<float> v) => Vector128.Sum(v);

    [MethodImpl(Inline)]
    public static Vector128<float> BitsUp(Vector128<float> v, int count) => Vector128.ShiftLeft(v.AsInt32(), count).AsSingle();

    [MethodImpl(Inline)]
    public static Vector128<float> BitsDown(Vector128<float> v, int count) => Vector128.ShiftRightArithmetic(v.AsInt32(), count).AsSingle();

    [MethodImpl(Inline)]
    public static Vector128<float> BitsIn(Vector128<float> v, int mask) => (v.AsInt32() & Vector128.Create(mask)).AsSingle();

    [MethodImpl(Inline)]
    public static void StoreLowBytes(byte* p, Vector128<float> v)
    {
        Vector128<int> bits = v.AsInt32() & Vector128.Create(0xff);
        Vector128<short> halves = Vector128.Narrow(bits, bits);
        Unsafe.WriteUnaligned(p, Vector128.Narrow(halves, halves).AsInt32().ToScalar());
    }
}
