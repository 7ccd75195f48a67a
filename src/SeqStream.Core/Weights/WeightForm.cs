namespace SeqStream.Weights;

/// <summary>How the elements of a weight matrix are stored. Fewer bytes make a step faster where its time is that of reading the weights.</summary>
public enum WeightForm
{
    /// <summary>32 bits: the model as it was trained.</summary>
    Float32,
    /// <summary>The upper half of a float32: its range, 8 significant bits. Sums and activations are float32.</summary>
    BFloat16,
    /// <summary>IEEE half precision: 11 significant bits up to 65504. Sums and activations are float32.</summary>
    Float16,
    /// <summary>8-bit integers with a scale for each row. Products are integer: activations are rounded to 8 bits, with a scale for each lane and step.</summary>
    Int8,
    /// <summary>4-bit integers with a scale for each group of a row's columns. Products are integer, as with <see cref="Int8"/>.</summary>
    Int4,
}
