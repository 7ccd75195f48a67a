using System.Globalization;

namespace SeqStream.Onnx.Lowering;

/// <summary>One axis of one input of a model.</summary>
/// <param name="Input">The input's name.</param>
/// <param name="Axis">Position from 0.</param>
public sealed record InputAxis(string Input, int Axis)
{
    /// <summary><c>x[1]</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Input}[{Axis}]");
}
