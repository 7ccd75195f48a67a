using System.Collections.Immutable;
using SeqStream.Onnx.Lowering;
using SeqStream.Ort;

namespace SeqStream.Hosting.Verification;

/// <summary>One call of a model, value by value, by the native executor and by ONNX Runtime: says which operator they compute differently.</summary>
internal static class OperatorComparison
{
    public static ImmutableArray<WireDeviation> Run(OrtLibrary library, string path, WholeSequence whole, InputRanges ranges, VerificationOptions options)
    {
        ImmutableArray<OrtTensor> inputs = whole.Draw(ranges, new Random(options.Seed));
        Dictionary<string, OrtTensor> native = whole.Run(inputs);
        (LoweredNode Node, string Value)[] values = [.. whole.Values];
        using OrtSession plain = OrtSession.Load(library, path);
        HashSet<string> known = [.. plain.Outputs.Select(static output => output.Name)];
        byte[] exposed = OrtValues.Expose(File.ReadAllBytes(path), values.Select(static value => value.Value).Where(value => !known.Contains(value)).Distinct());
        using OrtSession session = OrtSession.Load(library, exposed, path);
        IReadOnlyDictionary<string, OrtTensor> answers = session.Run([.. inputs, .. whole.Constants.Where(constant => session.Inputs.Any(input => input.Name == constant.Name))]);
        return [.. values.Where(value => answers.ContainsKey(value.Value)).Select(value => Compare(value.Node, native[value.Value], answers[value.Value], options))];
    }

    private static WireDeviation Compare(LoweredNode node, OrtTensor native, OrtTensor expected, VerificationOptions options)
    {
        Comparison comparison = new(native.Name, node.Name, node.Operator, options);
        if (native.Bytes.Length != expected.Bytes.Length) comparison.AddLength(0, expected.ElementCount, native.ElementCount);
        else
        {
            for (int element = 0; element < expected.ElementCount; element++) comparison.Add(0, -1, Elements.At(expected.Type, expected.Bytes, element), Elements.At(native.Type, native.Bytes, element), Elements.IsExact(expected.Type));
        }
        return comparison.Result;
    }
}
