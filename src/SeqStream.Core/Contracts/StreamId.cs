namespace SeqStream.Contracts;

/// <summary>A stream within one <see cref="StreamDirectory"/>: a small number that stands for its name.</summary>
/// <param name="Index">0 for the first name the directory saw, then 1, 2, ...</param>
public readonly record struct StreamId(int Index);
