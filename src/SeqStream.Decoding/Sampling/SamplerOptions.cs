namespace SeqStream.Decoding.Sampling;

/// <summary>How a <see cref="Sampler"/> chooses.</summary>
public sealed record SamplerOptions
{
    /// <summary>Equal seeds give equal choices on every machine.</summary>
    public ulong Seed { get; init; }

    /// <summary>Divides the scores: 1 keeps the model's odds, below 1 sharpens them, 0 always takes the most probable.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Only the most probable this many compete; 0 for all.</summary>
    public int TopK { get; init; }

    /// <summary>Only the most probable that together reach this probability compete, at least one; 1 for all.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>What is wrong with the options, one sentence each; empty if nothing is.</summary>
    public IReadOnlyList<string> Problems()
    {
        List<string> problems = [];
        if (!double.IsFinite(Temperature) || Temperature < 0) problems.Add(FormattableString.Invariant($"temperature: found {Temperature}, expected 0 or more."));
        if (TopK < 0) problems.Add(FormattableString.Invariant($"top-k: found {TopK}, expected 0 (all) or more."));
        if (!(TopP > 0 && TopP <= 1)) problems.Add(FormattableString.Invariant($"top-p: found {TopP}, expected more than 0, at most 1."));
        return problems;
    }
}
