namespace SeqStream.Kernels.Small;

/// <summary>
/// Integer products on one vector width: an element sums the products of four 8-bit activations and weights in 32 bits. All implementations give the
/// same integers.
/// </summary>
/// <typeparam name="TI">The vector of int32 sums.</typeparam>
/// <typeparam name="TV">The vector of as many floats.</typeparam>
internal unsafe interface IByteDot<TI, TV>
    where TI : unmanaged
    where TV : unmanaged
{
    /// <summary>What is added to activations of <see cref="Dot"/>, so that they are of the sign that the machine multiplies: 0, or 128 for none.</summary>
    static abstract int Shift { get; }

    static abstract TI Load(void* p);

    static abstract TI Set(int value);

    /// <summary>sum + activations * weights; activations are signed, or unsigned and shifted by <see cref="Shift"/>; weights are signed.</summary>
    static abstract TI Dot(TI sum, TI activations, TI weights);

    /// <summary>sum + activations * weights; activations are signed and not shifted; weights are 0 to 15.</summary>
    static abstract TI DotNibbles(TI sum, TI activations, TI weights);

    /// <summary>The lower four bits of each byte.</summary>
    static abstract TI LowNibbles(TI bytes);

    /// <summary>The upper four bits of each byte.</summary>
    static abstract TI HighNibbles(TI bytes);

    static abstract TV ToFloat(TI sum);

    static abstract int Sum(TI v);
}
