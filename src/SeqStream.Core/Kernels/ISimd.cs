namespace SeqStream.Kernels;

/// <summary>
/// The operations a kernel needs from one vector width. <typeparamref name="TV"/> is the bare vector type, so that a kernel's locals are
/// plain vectors in registers; the implementing type is an empty struct that only selects code.
/// </summary>
internal unsafe interface ISimd<TV>
    where TV : unmanaged
{
    /// <summary>float32 elements of one vector.</summary>
    static abstract int Width { get; }

    static abstract TV Load(float* p);

    static abstract void Store(float* p, TV v);

    static abstract TV Set(float value);

    static abstract TV Add(TV a, TV b);

    static abstract TV Sub(TV a, TV b);

    static abstract TV Mul(TV a, TV b);

    static abstract TV Div(TV a, TV b);

    static abstract TV Sqrt(TV v);

    static abstract TV Abs(TV v);

    /// <summary>a * b + c, with one rounding where the machine has fused multiply-add.</summary>
    static abstract TV Fma(TV a, TV b, TV c);

    /// <summary>max(bound, v); NaN in <paramref name="v"/> stays NaN.</summary>
    static abstract TV AtLeast(TV v, TV bound);

    /// <summary>min(bound, v); NaN in <paramref name="v"/> stays NaN.</summary>
    static abstract TV AtMost(TV v, TV bound);

    /// <summary>All ones where a &lt; b.</summary>
    static abstract TV Less(TV a, TV b);

    /// <summary>All ones where a &lt;= b.</summary>
    static abstract TV LessOrEqual(TV a, TV b);

    /// <summary>max(a, b); NaN if either is.</summary>
    static abstract TV Maximum(TV a, TV b);

    /// <summary><paramref name="a"/> where the mask is ones, else <paramref name="b"/>.</summary>
    static abstract TV Select(TV mask, TV a, TV b);

    /// <summary>The sign of <paramref name="sign"/> on the magnitude of <paramref name="v"/>.</summary>
    static abstract TV CopySign(TV v, TV sign);

    /// <summary>The float whose bits are bits(v) &lt;&lt; 23.</summary>
    static abstract TV BitsToExponent(TV v);

    /// <summary>v = mantissa * 2^exponent with mantissa in [sqrt 1/2, sqrt 2), for positive normal v; returns the exponent as floats.</summary>
    static abstract TV SplitExponent(TV v, out TV mantissa);

    /// <summary>Sum of the elements, in an order fixed for the width.</summary>
    static abstract float Sum(TV v);

    /// <summary>Each element's bits, shifted to the left.</summary>
    static abstract TV BitsUp(TV v, int count);

    /// <summary>Each element's bits, shifted to the right; the sign bit fills up.</summary>
    static abstract TV BitsDown(TV v, int count);

    /// <summary>Each element's bits, those outside the mask cleared.</summary>
    static abstract TV BitsIn(TV v, int mask);

    /// <summary>Stores the lowest byte of each element's bits.</summary>
    static abstract void StoreLowBytes(byte* p, TV v);
}
