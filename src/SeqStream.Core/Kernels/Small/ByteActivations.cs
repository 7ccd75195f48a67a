using System.Runtime.CompilerServices;

namespace SeqStream.Kernels.Small;

/// <summary>
/// Rounds float32 activations to 8 bits with one scale for all of them. scale = largest / 127, code = round(value * (127 / largest)), halfway to even: one product, one
/// addition and no other rounding, so codes are the same on every instruction set. Values below <see cref="Smallest"/> count as 0. NaN or infinity anywhere makes the
/// scale NaN, and with it everything that is computed from the activations.
/// </summary>
internal static unsafe class ByteActivations<TV, TSimd>
    where TV : unmanaged
    where TSimd : struct, ISimd<TV>
{
    /// <summary>Where the largest value is smaller, all are 0: 127 over it might be infinite.</summary>
    public const float Smallest = 1e-30f;

    private const float Most = 127;
    private const float Integer = 12582912f; // 1.5 * 2^23: a sum with it is rounded to a whole number, whose low byte are its own low bits
    private const int MaxWidth = 16;

    /// <summary>Writes <paramref name="count"/> codes, each with <paramref name="shift"/> added, and codes of 0 up to <paramref name="slots"/>; returns the scale.</summary>
    [MethodImpl(CodeGeneration.Kernel)]
    public static float Round(float* values, int count, int slots, byte* to, int shift)
    {
        float largest = Largest(values, count), inverse = 0, scale = 0;
        if (!(largest < Smallest))
        {
            inverse = Most / largest;
            scale = largest / Most;
            if (!float.IsFinite(largest)) scale = float.NaN;
        }
        int n = TSimd.Width, i = 0;
        TV factor = TSimd.Set(inverse), whole = TSimd.Set(Integer + shift);
        for (; i <= count - n; i += n) TSimd.StoreLowBytes(to + i, TSimd.Add(TSimd.Mul(TSimd.Load(values + i), factor), whole));
        for (; i < count; i++) to[i] = (byte)BitConverter.SingleToInt32Bits(values[i] * inverse + (Integer + shift));
        for (; i < slots; i++) to[i] = (byte)shift;
        return scale;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Largest(float* values, int count)
    {
        int n = TSimd.Width, i = 0;
        float largest = 0;
        if (count >= n)
        {
            TV wide = TSimd.Abs(TSimd.Load(values));
            for (i = n; i <= count - n; i += n) wide = TSimd.Maximum(wide, TSimd.Abs(TSimd.Load(values + i)));
            float* parts = stackalloc float[MaxWidth];
            TSimd.Store(parts, wide);
            for (int j = 0; j < n; j++) largest = MathF.Max(largest, parts[j]);
        }
        for (; i < count; i++) largest = MathF.Max(largest, MathF.Abs(values[i]));
        return largest;
    }
}
