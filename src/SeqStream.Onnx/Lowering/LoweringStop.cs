using System.Collections.Immutable;

namespace SeqStream.Onnx.Lowering;

/// <summary>Ends the lowering of a whole model at once; <see cref="OnnxLowering"/> turns it into a refusal.</summary>
internal sealed class LoweringStop(ImmutableArray<Blocker> blockers) : Exception(blockers[^1].ToString())
{
    /// <summary>Why; at least one reason.</summary>
    public ImmutableArray<Blocker> Blockers => blockers;
}
