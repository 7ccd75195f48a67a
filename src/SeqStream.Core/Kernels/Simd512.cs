using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace SeqStream.Kernels;

/// <summary>512-bit vectors: 16 floats.</summary>
internal readonly unsafe struct Simd512 : ISimd<Vector512<float>>
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;
    private const int RootOfHalf = 0x3f3504f3; // the bits of sqrt(1/2)

    public static int Width
    {
        [MethodImpl(Inline)]
        get => 16;
    }

    [MethodImpl(Inline)]
    public static Vector512<float> Load(float* p) => Vector512.Load(p);

    [MethodImpl(Inline)]
    public static void Store(float* p, Vector512<float> v) => v.Store(p);

    [MethodImpl(Inline)]
    public static Vector512<float> Set(float value) => Vector512.Create(value);

    [MethodImpl(Inline)]
    public static Vector512<float> Add(Vector512<float> a, Vector512<float> b) => a + b;

    [MethodImpl(Inline)]
    public static Vector512<float> Sub(Vector512<float> a, Vector512<float> b) => a - b;

    [MethodImpl(Inline)]
    public static Vector512<float> Mul(Vector512<float> a, Vector512<float> b) => a * b;

    [MethodImpl(Inline)]
    public static Vector512<float> Div(Vector512<float> a, Vector512<float> b) => a / b;

    [MethodImpl(Inline)]
    public static Vector512<float> Sqrt(Vector512<float> v) => Vector512.Sqrt(v);

    [MethodImpl(Inline)]
    public static Vector512<float> Abs(Vector512<float> v) => Vector512.Abs(v);

    [MethodImpl(Inline)]
    public static Vector512<float> Fma(Vector512<float> a, Vector512<float> b, Vector512<float> c) => Vector512.MultiplyAddEstimate(a, b, c);

    [MethodImpl(Inline)]
    public static Vector512<float> AtLeast(Vector512<float> v, Vector512<float> bound) => Vector512.MaxNative(bound, v);

    [MethodImpl(Inline)]
    public static Vector512<float> AtMost(Vector512<float> v, Vector512<float> bound) => Vector512.MinNative(bound, v);

    [MethodImpl(Inline)]
    public static Vector512<float> Less(Vector512<float> a, Vector512<float> b) => Vector512.LessThan(a, b);

    [MethodImpl(Inline)]
    public static Vector512<float> LessOrEqual(Vector512<float> a, Vector512<float> b) => Vector512.LessThanOrEqual(a, b);

    [MethodImpl(Inline)]
    public static Vector512<float> Maximum(Vector512<float> a, Vector512<float> b) => Vector512.Max(a, b);

    [MethodImpl(Inline)]
    public static Vector512<float> Select(Vector512<float> mask, Vector512<float> a, Vector512<float> b) => Vector512.ConditionalSelect(mask, a, b);

    [MethodImpl(Inline)]
    public static Vector512<float> CopySign(Vector512<float> v, Vector512<float> sign) => Vector512.CopySign(v, sign);

    [MethodImpl(Inline)]
    public static Vector512<float> BitsToExponent(Vector512<float> v) => Vector512.ShiftLeft(v.AsInt32(), 23).AsSingle();

    [MethodImpl(Inline)]
    public static Vector512<float> SplitExponent(Vector512<float> v, out Vector512<float> mantissa)
    {
        Vector512<int> exponent = Vector512.ShiftRightArithmetic(v.AsInt32() - Vector512.Create(RootOfHalf), 23);
        mantissa = (v.AsInt32() - Vector512.ShiftLeft(exponent, 23)).AsSingle();
        return Vector512.ConvertToSingle(exponent);
    }

    [MethodImpl(Inline)]
    public static float Sum(Vector512<float> v) => Vector512.Sum(v);

    [MethodImpl(Inline)]
    public static Vector512<float> BitsUp(Vector512<float> v, int count) => Vector512.ShiftLeft(v.AsInt32(), count).AsSingle();

    [MethodImpl(Inline)]
    public static Vector512<float> BitsDown(Vector512<float> v, int count) => Vector512.ShiftRightArithmetic(v.AsInt32(), count).AsSingle();

    [MethodImpl(Inline)]
    public static Vector512<float> BitsIn(Vector512<float> v, int mask) => (v.AsInt32() & Vector512.Create(mask)).AsSingle();

    [MethodImpl(Inline)]
    public static void StoreLowBytes(byte* p, Vector512<float> v)
    {
        Vector512<int> bits = v.AsInt32();
        if (Avx512F.IsSupported)
        {
            Avx512F.ConvertToVector128Byte(bits).Store(p);
            return;
        }
        bits &= Vector512.Create(0xff);
        Vector256<short> halves = Vector256.Narrow(bits.GetLower(), bits.GetUpper());
        Vector128.Narrow(halves.GetLower(), halves.GetUpper()).AsByte().Store(p);
    }
}
