namespace SeqStream.Onnx.Writing;

/// <summary>A step model whose states stay on the device that runs it, as ONNX, with two small models by which single states are read and written.</summary>
/// <param name="Step">Inputs as any step model, <see cref="Slots"/>, and for each state the rows of all streams.</param>
/// <param name="Read">For each state all rows in, those of <see cref="Slots"/> out, under the names of the step model.</param>
/// <param name="Write">For each state all rows in and, under the name with <see cref="RowsSuffix"/>, new rows for <see cref="Slots"/>; all rows out.</param>
public sealed record ResidentModelFiles(StepModelFile Step, byte[] Read, byte[] Write)
{
    /// <summary>The input, int64 [streams of the call], with the row of each.</summary>
    public const string Slots = "stream.slots";

    /// <summary>What the name of an input with new rows ends with.</summary>
    public const string RowsSuffix = ".rows";
}
