using System.Collections.Immutable;

namespace SeqStream.Decoding.Music;

/// <summary>Something written in a tune, in the order of writing.</summary>
/// <param name="Kind">What it is.</param>
internal sealed record AbcEvent(AbcEventKind Kind)
{
    /// <summary>Length of a sound in whole notes.</summary>
    public double Length { get; init; }

    /// <summary>The notes of a sound; none for a rest. Of a chord name those that it means.</summary>
    public ImmutableArray<AbcPitch> Pitches { get; init; } = [];

    /// <summary>Passes in which an ending is played: bit n for pass n.</summary>
    public int Passes { get; init; }

    /// <summary>Quarter notes per minute of a tempo.</summary>
    public double QuartersPerMinute { get; init; }
}
