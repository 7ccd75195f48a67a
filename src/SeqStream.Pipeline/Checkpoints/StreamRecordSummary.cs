namespace SeqStream.Pipeline.Checkpoints;

/// <summary>What a stored stream says of itself.</summary>
/// <param name="Name">The stream's name.</param>
/// <param name="Layout">Id of its model's state layout.</param>
/// <param name="Model">Id of its model.</param>
/// <param name="Steps">Steps made so far.</param>
/// <param name="Position">Place in the source up to which its frames are contained.</param>
/// <param name="RowBytes">Bytes of the model's state.</param>
/// <param name="Bytes">Bytes of the whole record.</param>
public sealed record StreamRecordSummary(string Name, ulong Layout, ulong Model, long Steps, long Position, int RowBytes, int Bytes);
