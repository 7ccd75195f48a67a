using SeqStream.Plan;

namespace SeqStream.Weights;

/// <summary>
/// What a float32 constant was before it was widened: 16-bit elements, or integers with scales. Matrices for kernels can be taken out of it; who knows nothing of
/// it reads the constant's float32 values.
/// </summary>
public sealed class StoredTensor
{
    private readonly WeightForm _form;
    private readonly TensorShape _shape;
    private readonly ushort[] _halves;
    private readonly sbyte[] _codes;
    private readonly float[] _scales;
    private readonly int _axis;  // of the scales; -1 for one scale
    private readonly int _block; // elements of the axis that share a scale; 0 if the scales are only along the axis

    private StoredTensor(WeightForm form, TensorShape shape, ushort[] halves, sbyte[] codes, float[] scales, int axis, int block)
    {
        (_form, _shape, _halves, _codes, _scales, _axis, _block) = (form, shape, halves, codes, scales, axis, block);
    }

    /// <summary>How the elements were stored.</summary>
    public WeightForm Form => _form;

    /// <summary>16-bit elements.</summary>
    /// <param name="form"><see cref="WeightForm.BFloat16"/> or <see cref="WeightForm.Float16"/>.</param>
    /// <param name="shape">The constant's shape.</param>
    /// <param name="halves">The elements' bits, copied.</param>
    public static StoredTensor OfHalves(WeightForm form, TensorShape shape, ReadOnlySpan<ushort> halves) => new(form, shape, halves.ToArray(), [], [], -1, 0);

    /// <summary>Integers with scales: element = code * scale.</summary>
    /// <param name="shape">The constant's shape.</param>
    /// <param name="codes">The integers, less their zero point. They count as 4 bits if all are -8 to 7.</param>
    /// <param name="scales">One, or one for each index of the axis, or the constant's shape with blocks along the axis.</param>
    /// <param name="axis">The scales' axis; -1 for one scale.</param>
    /// <param name="block">Elements of the axis that share a scale; 0 if there is one scale for each index of the axis.</param>
    public static StoredTensor OfCodes(TensorShape shape, sbyte[] codes, float[] scales, int axis, int block)
    {
        WeightForm form = codes.AsSpan().ContainsAnyExceptInRange((sbyte)-8, (sbyte)7) ? WeightForm.Int8 : WeightForm.Int4;
        return new(form, shape, [], codes, scales, axis, block);
    }

    /// <summary>A matrix of the constant's last two dimensions.</summary>
    /// <param name="index">Which of them, where the constant has a third dimension in front.</param>
    /// <param name="isTransposed">The constant has the terms of a sum in its second last dimension, not in its last.</param>
    /// <returns>Null if kernels do not take it: scales lie otherwise than one for each row or group of a row's columns.</returns>
    public StoredMatrix? TryTake(int index, bool isTransposed)
    {
        if (_shape.Rank is not (2 or 3)) return null;
        int last = _shape[-1], rows = isTransposed ? last : _shape[-2], columns = isTransposed ? _shape[-2] : last;
        int start = index * rows * columns, rowStep = isTransposed ? 1 : last, columnStep = isTransposed ? last : 1;
        if (!_form.IsInteger()) return StoredMatrix.TryOfHalves(_form, rows, columns, Take(_halves, start, rows, columns, rowStep, columnStep));
        int rowAxis = _shape.Rank - (isTransposed ? 1 : 2), columnAxis = _shape.Rank - (isTransposed ? 2 : 1);
        if (_block == 0 && _axis == columnAxis) return null;
        if (_block > 1 && _axis != columnAxis) return null;
        int group = _block > 0 && _axis == columnAxis ? Math.Min(_block, columns) : columns, groups = (columns + group - 1) / group;
        if (_block > 0 && _axis != columnAxis && columns > 1) return null;
        float[] scales = new float[rows * groups];
        for (int row = 0; row < rows; row++)
        {
            for (int g = 0; g < groups; g++) scales[row * groups + g] = _scales[ScaleAt(index, row, g, rows, groups, rowAxis, isTransposed)];
        }
        return StoredMatrix.TryOfCodes(_form, rows, columns, group, Take(_codes, start, rows, columns, rowStep, columnStep), scales);
    }

    private int ScaleAt(int index, int row, int group, int rows, int groups, int rowAxis, bool isTransposed)
    {
        if (_axis < 0) return 0;
        if (_block == 0) return _axis == rowAxis ? row : index;
        return index * rows * groups + (isTransposed ? group * rows + row : row * groups + group);
    }

    private static T[] Take<T>(T[] all, int start, int rows, int columns, int rowStep, int columnStep)
    {
        T[] taken = new T[rows * columns];
        for (int row = 0, i = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++, i++) taken[i] = all[start + row * rowStep + column * columnStep];
        }
        return taken;
    }
}
