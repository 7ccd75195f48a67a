using SeqStream.Cells;
using SeqStream.Plan;

namespace SeqStream.Onnx.Lowering;

/// <summary>The weights of recurrent directions, taken out of the model's tensors once, however often a model is traced.</summary>
internal sealed class PackedWeights
{
    private readonly Dictionary<(ConstantTensor, ConstantTensor, ConstantTensor?, ConstantTensor?, int), CellWeights> _known = [];

    /// <summary>The weights of one direction.</summary>
    /// <param name="input">W</param>
    /// <param name="recurrent">R</param>
    /// <param name="bias">B, or null</param>
    /// <param name="peepholes">P, or null</param>
    /// <param name="direction">The direction's place in the tensors.</param>
    /// <param name="make">Makes them the first time.</param>
    public CellWeights Of(ConstantTensor input, ConstantTensor recurrent, ConstantTensor? bias, ConstantTensor? peepholes, int direction, Func<CellWeights> make)
    {
        if (!_known.TryGetValue((input, recurrent, bias, peepholes, direction), out CellWeights? weights)) _known.Add((input, recurrent, bias, peepholes, direction), weights = make());
        return weights;
    }
}
