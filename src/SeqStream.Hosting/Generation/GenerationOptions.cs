using SeqStream.Decoding.Sampling;

namespace SeqStream.Hosting.Generation;

/// <summary>What is to be generated.</summary>
public sealed record GenerationOptions
{
    /// <summary>How symbols are chosen; the seed of sequence n is the given one plus n.</summary>
    public SamplerOptions Sampler { get; init; } = new();

    /// <summary>Text that every sequence begins with; empty for none.</summary>
    public string Prompt { get; init; } = "";

    /// <summary>Most letters of a sequence, the prompt not counted.</summary>
    public int MaxSteps { get; init; } = 200;
}
