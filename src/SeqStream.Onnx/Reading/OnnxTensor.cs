using SeqStream.Plan;

namespace SeqStream.Onnx.Reading;

/// <summary>A tensor stored in a file.</summary>
/// <param name="Name">Its name; may be empty.</param>
/// <param name="Value">The elements; null where SeqStream has no such element type.</param>
/// <param name="Refusal">Why there is no value; null where there is one.</param>
public sealed record OnnxTensor(string Name, ConstantTensor? Value, string? Refusal)
{
    /// <summary>Reads a file that holds one tensor and nothing else, as ONNX's test cases do (<c>input_0.pb</c>).</summary>
    /// <exception cref="OnnxFormatException">The file is damaged, too large, or refers to other files.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static OnnxTensor Load(string path, OnnxLimits? limits = null)
    {
        limits ??= OnnxLimits.Default;
        byte[] bytes = BoundedFile.Read(path, limits.FileBytes);
        return TensorReader.Read(new ProtobufReader(bytes, new ReadingBudget(Path.GetFileName(path), limits, bytes.Length)));
    }
}
