namespace SeqStream.Contracts;

/// <summary>A record that was refused whole. The stream's state is as if the record had never come.</summary>
/// <param name="Source">The feed, as people name it: <c>stdin</c>, a path, a URI.</param>
/// <param name="Position">Counted place in the source: line, row or record, from 1.</param>
/// <param name="Problem">What was found, what was expected, what to do.</param>
public readonly record struct RecordFault(string Source, long Position, string Problem);
