using System.Collections.Immutable;

namespace SeqStream.Plan;

/// <summary>The dimensions of one lane's tensor. Every dimension is known when a plan is built; lanes are no dimension of it.</summary>
public readonly struct TensorShape : IEquatable<TensorShape>
{
    private readonly ImmutableArray<int> _dimensions;

    /// <summary>Creates a shape; no dimensions make a scalar.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A dimension is negative.</exception>
    public TensorShape(params ReadOnlySpan<int> dimensions)
    {
        foreach (int dimension in dimensions) ArgumentOutOfRangeException.ThrowIfNegative(dimension, nameof(dimensions));
        _dimensions = [.. dimensions];
    }

    /// <summary>The dimensions, outermost first.</summary>
    public ImmutableArray<int> Dimensions => _dimensions.IsDefault ? [] : _dimensions;

    /// <summary>Number of dimensions; 0 for a scalar.</summary>
    public int Rank => Dimensions.Length;

    /// <summary>Number of elements; 1 for a scalar.</summary>
    public int ElementCount
    {
        get
        {
            int count = 1;
            foreach (int dimension in Dimensions) count = checked(count * dimension);
            return count;
        }
    }

    /// <summary>The dimension at <paramref name="axis"/>; a negative axis counts from the end.</summary>
    public int this[int axis] => Dimensions[axis < 0 ? axis + Rank : axis];

    /// <summary>Row-major element strides, one for each dimension.</summary>
    public int[] Strides()
    {
        int[] strides = new int[Rank];
        int stride = 1;
        for (int axis = Rank - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= Dimensions[axis];
        }
        return strides;
    }

    /// <summary>Product of the dimensions in [<paramref name="from"/>, <paramref name="to"/>).</summary>
    public int ElementCountBetween(int from, int to)
    {
        int count = 1;
        for (int axis = from; axis < to; axis++) count = checked(count * Dimensions[axis]);
        return count;
    }

    /// <inheritdoc/>
    public bool Equals(TensorShape other) => Dimensions.AsSpan().SequenceEqual(other.Dimensions.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is TensorShape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (int dimension in Dimensions) hash.Add(dimension);
        return hash.ToHashCode();
    }

    /// <summary>Same dimensions in the same order.</summary>
    public static bool operator ==(TensorShape left, TensorShape right) => left.Equals(right);

    /// <summary>Not the same dimensions.</summary>
    public static bool operator !=(TensorShape left, TensorShape right) => !left.Equals(right);

    /// <summary><c>[1, 40]</c>; a scalar prints <c>[]</c>.</summary>
    public override string ToString() => $"[{string.Join(", ", Dimensions)}]";
}
