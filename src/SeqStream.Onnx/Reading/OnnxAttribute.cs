using System.Collections.Immutable;

namespace SeqStream.Onnx.Reading;

/// <summary>An attribute of a node. Only the member that <see cref="Kind"/> names is meaningful.</summary>
public sealed class OnnxAttribute
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Which member holds the value.</summary>
    public required OnnxAttributeKind Kind { get; init; }

    /// <summary>The number of a <see cref="OnnxAttributeKind.Float"/>.</summary>
    public float Float { get; init; }

    /// <summary>The integer of an <see cref="OnnxAttributeKind.Int"/>.</summary>
    public long Int { get; init; }

    /// <summary>The text of a <see cref="OnnxAttributeKind.Text"/>.</summary>
    public string Text { get; init; } = "";

    /// <summary>The tensor of a <see cref="OnnxAttributeKind.Tensor"/>.</summary>
    public OnnxTensor? Tensor { get; init; }

    /// <summary>The nested graph of a <see cref="OnnxAttributeKind.Graph"/>.</summary>
    public OnnxGraph? Graph { get; init; }

    /// <summary>The numbers of <see cref="OnnxAttributeKind.Floats"/>.</summary>
    public ImmutableArray<float> Floats { get; init; } = [];

    /// <summary>The integers of <see cref="OnnxAttributeKind.Ints"/>.</summary>
    public ImmutableArray<long> Ints { get; init; } = [];

    /// <summary>The texts of <see cref="OnnxAttributeKind.Texts"/>.</summary>
    public ImmutableArray<string> Texts { get; init; } = [];
}
