using SeqStream.Decoding.Sampling;

namespace SeqStream.Hosting.Generation;

/// <summary>What is to be generated.</summary>
public sealed record GenerationOptions
{
    /// <summary>How symbols are chosen; the seed of sequence n is the given one plus n.</summary>
    public SamplerOptions Sampler { get; init; } = new();

    /// <summary>Text that every sequence begins with; empty for none.</summary>
    public string Prompt { get; init; } = "";

    /// <summary>What kind of text, one of the names in the card's <c>frontEnd.class</c>; empty for the first.</summary>
    public string Class { get; init; } = "";

    /// <summary>Most letters or points of a sequence, the prompt not counted; null for as many as the card says.</summary>
    public int? MaxSteps { get; init; }
}
