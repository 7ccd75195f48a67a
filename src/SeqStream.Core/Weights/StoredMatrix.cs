namespace SeqStream.Weights;

/// <summary>
/// An immutable weight matrix [rows, columns] in fewer bytes than float32; a row holds the weights of one sum. The value of an integer element is
/// code * scale, rounded to float32, with a scale for each group of a row's columns: exactly that of ONNX's DequantizeLinear.
/// </summary>
public sealed class StoredMatrix
{
    /// <summary>Columns of an <see cref="WeightForm.Int4"/> group that <see cref="TryOf"/> makes: a scale costs 1 bit an element.</summary>
    public const int Int4Group = 32;

    /// <summary>Most columns of an integer matrix: beyond, a sum of products of codes could leave 32 bits.</summary>
    public const int MostIntegerColumns = 1 << 16;

    private readonly ushort[] _halves; // [rows, columns] bits
    private readonly sbyte[] _codes;   // [rows, columns]
    private readonly float[] _scales;  // [rows, groups]

    private StoredMatrix(WeightForm form, int rows, int columns, int group, ushort[] halves, sbyte[] codes, float[] scales)
    {
        (Form, Rows, Columns, GroupColumns) = (form, rows, columns, group);
        (_halves, _codes, _scales) = (halves, codes, scales);
    }

    /// <summary>How elements are stored; never <see cref="WeightForm.Float32"/>.</summary>
    public WeightForm Form { get; }

    /// <summary>Sums.</summary>
    public int Rows { get; }

    /// <summary>Terms of a sum.</summary>
    public int Columns { get; }

    /// <summary>Columns that share a scale; all of them for 16-bit forms, which have none.</summary>
    public int GroupColumns { get; }

    /// <summary>Groups of a row; the last may be shorter.</summary>
    public int Groups => (Columns + GroupColumns - 1) / GroupColumns;

    /// <summary>[rows, columns] bits of 16-bit forms; empty for others.</summary>
    public ReadOnlySpan<ushort> Halves => _halves;

    /// <summary>[rows, columns] codes of integer forms, -127 to 127 or -8 to 7; empty for others.</summary>
    public ReadOnlySpan<sbyte> Codes => _codes;

    /// <summary>[rows, groups] scales of integer forms; empty for others.</summary>
    public ReadOnlySpan<float> Scales => _scales;

    /// <summary>Bytes of elements and scales.</summary>
    public long ByteCount => ((long)Rows * Columns * Form.Bits() + 7) / 8 + (long)_scales.Length * sizeof(float);

    /// <summary>A matrix of 16-bit elements that are there already.</summary>
    /// <param name="form"><see cref="WeightForm.BFloat16"/> or <see cref="WeightForm.Float16"/>.</param>
    /// <param name="rows">Sums.</param>
    /// <param name="columns">Terms of a sum.</param>
    /// <param name="halves">[rows, columns] bits, copied.</param>
    /// <returns>Null if an element is infinite or not a number, which kernels do not take.</returns>
    public static StoredMatrix? TryOfHalves(WeightForm form, int rows, int columns, ReadOnlySpan<ushort> halves)
    {
        if (form is not (WeightForm.BFloat16 or WeightForm.Float16)) throw new ArgumentException($"{form} has no 16-bit elements.", nameof(form));
        Expect(nameof(halves), halves.Length, (long)rows * columns);
        foreach (ushort bits in halves)
        {
            if (!float.IsFinite(ValueOf(form, bits))) return null;
        }
        return new(form, rows, columns, columns, halves.ToArray(), [], []);
    }

    /// <summary>A matrix of integer elements that are there already.</summary>
    /// <param name="form"><see cref="WeightForm.Int8"/> or <see cref="WeightForm.Int4"/>.</param>
    /// <param name="rows">Sums.</param>
    /// <param name="columns">Terms of a sum.</param>
    /// <param name="group">Columns that share a scale: all of them, or a multiple of 8.</param>
    /// <param name="codes">[rows, columns], copied; -8 to 7 for 4 bits.</param>
    /// <param name="scales">[rows, groups], copied.</param>
    /// <returns>Null if kernels do not take it: groups of another size, too many columns, scales that are not finite, or a code of -128, whose opposite 8 bits do not hold.</returns>
    public static StoredMatrix? TryOfCodes(WeightForm form, int rows, int columns, int group, ReadOnlySpan<sbyte> codes, ReadOnlySpan<float> scales)
    {
        const int GroupMultiple = 8;
        if (!form.IsInteger()) throw new ArgumentException($"{form} has no integer elements.", nameof(form));
        Expect(nameof(codes), codes.Length, (long)rows * columns);
        if (group < 1 || columns > MostIntegerColumns || (group < columns && group % GroupMultiple != 0) || codes.Contains(sbyte.MinValue)) return null;
        Expect(nameof(scales), scales.Length, (long)rows * ((columns + group - 1) / group));
        if (form == WeightForm.Int4 && codes.ContainsAnyExceptInRange((sbyte)-8, (sbyte)7)) throw new ArgumentException("A 4-bit code lies outside -8 to 7.", nameof(codes));
        foreach (float scale in scales)
        {
            if (!float.IsFinite(scale)) return null;
        }
        return new(form, rows, columns, Math.Min(group, columns), [], codes.ToArray(), scales.ToArray());
    }

    /// <summary>Rounds a float32 matrix to a form.</summary>
    /// <param name="form">Not <see cref="WeightForm.Float32"/>.</param>
    /// <param name="rows">Sums.</param>
    /// <param name="columns">Terms of a sum.</param>
    /// <param name="values">[rows, columns]</param>
    /// <returns>Null if the form cannot hold the values: one is not finite or too large, or there are too many columns.</returns>
    public static StoredMatrix? TryOf(WeightForm form, int rows, int columns, ReadOnlySpan<float> values)
    {
        Expect(nameof(values), values.Length, (long)rows * columns);
        foreach (float value in values)
        {
            if (!float.IsFinite(value)) return null;
        }
        if (form.IsInteger())
        {
            if (columns > MostIntegerColumns) return null;
            int group = form == WeightForm.Int4 ? Math.Min(Int4Group, columns) : columns;
            return Rounded(form, rows, columns, group, values);
        }
        ushort[] halves = new ushort[values.Length];
        for (int i = 0; i < halves.Length; i++) halves[i] = form == WeightForm.BFloat16 ? BFloat16Of(values[i]) : BitConverter.HalfToUInt16Bits((Half)values[i]);
        return TryOfHalves(form, rows, columns, halves);
    }

    /// <summary>The elements' values, [rows, columns].</summary>
    public float[] Widen()
    {
        float[] wide = new float[(long)Rows * Columns];
        for (int row = 0, i = 0; row < Rows; row++)
        {
            for (int column = 0; column < Columns; column++, i++) wide[i] = Form.IsInteger() ? _codes[i] * _scales[row * Groups + column / GroupColumns] : ValueOf(Form, _halves[i]);
        }
        return wide;
    }

    private static float ValueOf(WeightForm form, ushort bits) => form == WeightForm.BFloat16 ? BitConverter.UInt32BitsToSingle((uint)bits << 16) : (float)BitConverter.UInt16BitsToHalf(bits);

    /// <summary>To the nearest, halfway to even.</summary>
    private static ushort BFloat16Of(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return (ushort)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
    }

    private static StoredMatrix? Rounded(WeightForm form, int rows, int columns, int group, ReadOnlySpan<float> values)
    {
        int groups = (columns + group - 1) / group;
        sbyte[] codes = new sbyte[values.Length];
        float[] scales = new float[(long)rows * groups];
        for (int row = 0; row < rows; row++)
        {
            for (int g = 0; g < groups; g++)
            {
                int from = row * columns + g * group, count = Math.Min(group, columns - g * group);
                scales[row * groups + g] = IntegerRounding.Round(form, values.Slice(from, count), codes.AsSpan(from, count));
            }
        }
        return TryOfCodes(form, rows, columns, group, codes, scales);
    }

    private static void Expect(string name, long found, long expected)
    {
        if (found != expected) throw new ArgumentException($"The matrix needs {expected} {name}, but {found} were given.", name);
    }
}
