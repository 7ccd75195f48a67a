using SeqStream.Plan;

namespace SeqStream.Contracts;

/// <summary>One named input or output of a step: what one lane gives or gets.</summary>
/// <param name="Name">The model's name.</param>
/// <param name="Type">Element type.</param>
/// <param name="Shape">One lane's dimensions.</param>
public sealed record StepPort(string Name, ElementType Type, TensorShape Shape)
{
    /// <summary>Elements of one lane.</summary>
    public int ElementCount { get; } = Shape.ElementCount;

    /// <summary>Bytes of one lane.</summary>
    public int ByteCount => ElementCount * Type.ByteSize();

    /// <summary><c>x float32 [1, 40]</c>.</summary>
    public override string ToString() => $"{Name} {Type.DisplayName()} {Shape}";
}
