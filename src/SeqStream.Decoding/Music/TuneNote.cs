namespace SeqStream.Decoding.Music;

/// <summary>A sounding note.</summary>
/// <param name="Start">When it begins, in quarter notes from the beginning of the tune.</param>
/// <param name="Length">How long it sounds, in quarter notes.</param>
/// <param name="Pitch">MIDI key, 0 to 127; 60 is middle C.</param>
public readonly record struct TuneNote(double Start, double Length, int Pitch);
