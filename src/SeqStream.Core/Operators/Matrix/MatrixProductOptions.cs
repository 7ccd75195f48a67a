namespace SeqStream.Operators.Matrix;

/// <summary>Transpositions and factors of a <see cref="MatrixProductNode"/>.</summary>
/// <param name="TransposeLeft">The left factor is stored [inner, rows].</param>
/// <param name="TransposeRight">The right factor is stored [columns, inner].</param>
/// <param name="Alpha">Factor of the product; for integers its integer part.</param>
/// <param name="Beta">Factor of the addend; for integers its integer part.</param>
public sealed record MatrixProductOptions(bool TransposeLeft = false, bool TransposeRight = false, float Alpha = 1, float Beta = 1);
