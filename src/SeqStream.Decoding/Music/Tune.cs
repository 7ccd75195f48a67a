using System.Collections.Immutable;

namespace SeqStream.Decoding.Music;

/// <summary>A tune as it sounds: repeats played out, ties joined, accidentals resolved. Immutable.</summary>
public sealed record Tune
{
    /// <summary>Its title; empty if it has none.</summary>
    public string Title { get; init; } = "";

    /// <summary>The melody, by start.</summary>
    public ImmutableArray<TuneNote> Melody { get; init; } = [];

    /// <summary>The notes of the chord names, by start.</summary>
    public ImmutableArray<TuneNote> Chords { get; init; } = [];

    /// <summary>The tempi, by start; the first begins at 0.</summary>
    public ImmutableArray<TempoChange> Tempi { get; init; } = [new TempoChange(0, 120)];

    /// <summary>The first metre.</summary>
    public Metre Metre { get; init; } = new(4, 4);

    /// <summary>The first key.</summary>
    public KeySignature Key { get; init; } = KeySignature.C;

    /// <summary>Length in quarter notes, with the rests at the end.</summary>
    public double Length { get; init; }

    /// <summary>What could not be read; empty if all could.</summary>
    public ImmutableArray<AbcProblem> Problems { get; init; } = [];
}
