using System.Collections.Immutable;

namespace SeqStream.Ort.Stepping;

/// <summary>A whole-sequence model that is run anew over the newest frames of a stream at every step.</summary>
public sealed record WindowModel
{
    /// <summary>Most frames of one run.</summary>
    public const int MostFrames = 100_000;

    /// <summary>Frames of one run, 1 to <see cref="MostFrames"/>; streams that have not had as many yet are run over what they have.</summary>
    public required int Frames { get; init; }

    /// <summary>The time axis of each input by its name; inputs that are constants have none.</summary>
    public required ImmutableDictionary<string, int> TimeAxes { get; init; }

    /// <summary>Inputs with one value for all runs.</summary>
    public ImmutableArray<OrtTensor> Constants { get; init; } = [];

    /// <summary>Sizes of open dimensions by symbol or place; the time axis and the first dimension need none.</summary>
    public ImmutableDictionary<string, int> Dimensions { get; init; } = ImmutableDictionary<string, int>.Empty;
}
