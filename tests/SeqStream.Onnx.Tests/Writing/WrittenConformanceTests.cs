using System.Collections.Immutable;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Lowering.Rules;
using SeqStream.Onnx.Reading;
using SeqStream.Onnx.Tests.Conformance;
using SeqStream.Onnx.Writing;
using SeqStream.Ort;
using SeqStream.Plan;
using SeqStream.TestSupport;

namespace SeqStream.Onnx.Tests.Writing;

/// <summary>ONNX's own operator cases: lowered to a plan, the plan written as ONNX, that run by ONNX Runtime, for one stream and for two in an open dimension.</summary>
public sealed class WrittenConformanceTests
{
    /// <summary>What cannot be written for several streams in an open dimension.</summary>
    private static readonly string[] s_refusedForMany = ["it answers places that count through all streams together", "it has no elements, and the number of streams is open", "its pad value changes from stream to stream"];

    [Theory]
    [InlineData("node")]
    [InlineData("simple")]
    [InlineData("pytorch-operator")]
    [InlineData("pytorch-converted")]
    public void Written_case_passes_wherever_onnx_runtime_runs_the_original(string folder)
    {
        OrtLibraryFinding finding = OrtLibrary.Find();
        Assert.SkipWhen(finding.Library is null, $"{finding}\nRun tools/get-onnxruntime first.");
        List<string> failures = [];
        int passed = 0;
        foreach (string path in Directory.GetDirectories(SharedFolder.Require($"onnx-conformance/{folder}")).Order(StringComparer.Ordinal))
        {
            ConformanceCase conformance = new(path);
            if (conformance.Operators.Any(static name => !OperatorRules.All.ContainsKey(name)) || !Runs(finding.Library!, path)) continue;
            foreach (StepModelOptions form in (StepModelOptions[])[new(), new() { Streams = null, Decompose = true }])
            {
                if (Check(finding.Library!, conformance, form) is { } fault) failures.Add($"{conformance.Name} ({string.Join(", ", conformance.Operators)}) for {form.Streams?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "any"}: {fault}");
                else passed++;
            }
        }
        TestContext.Current.TestOutputHelper!.WriteLine($"{passed} written cases pass");
        Assert.True(failures.Count == 0, $"{failures.Count} written cases fail:\n{string.Join('\n', failures)}");
        Assert.True(passed > 10, $"Only {passed} cases were checked.");
    }

    /// <summary>True if ONNX Runtime runs the case itself: what it lacks for some element types is no fault of the writer.</summary>
    private static bool Runs(OrtLibrary library, string folder)
    {
        try
        {
            OrtSession.Load(library, Path.Combine(folder, "model.onnx")).Dispose();
            return true;
        }
        catch (OrtException)
        {
            return false;
        }
    }

    private static string? Check(OrtLibrary library, ConformanceCase conformance, StepModelOptions form)
    {
        Dictionary<string, ConstantTensor> inputs = conformance.Inputs();
        StepPlan plan;
        try
        {
            plan = conformance.Lower(inputs, form.Streams is null ? [.. inputs.Keys.Skip(1)] : []);
        }
        catch (LoweringException)
        {
            return null;
        }
        if (plan.Inputs.IsEmpty) return null;
        try
        {
            using OrtSession session = OrtSession.Load(library, StepModelWriter.Write(new LoweringResult { File = conformance.Name, Plan = plan }, form).Bytes, conformance.Name);
            IReadOnlyDictionary<string, OrtTensor> found = session.Run([.. plan.Inputs.Select(wire => Port(wire, inputs[wire.Name], form.Streams is null ? 2 : 1))]);
            foreach ((PlanOutput output, ConstantTensor expected) in plan.Outputs.Zip(conformance.Expected()))
            {
                if (Difference(found[output.Name], expected, form.Streams is null ? 2 : 1) is { } difference) return $"output {output.Name} {difference}";
            }
            return null;
        }
        catch (Exception fault) when (fault is OrtException or StepNotWritableException)
        {
            return form.Streams is null && s_refusedForMany.Any(reason => fault.Message.Contains(reason, StringComparison.Ordinal)) ? null : fault.Message;
        }
    }

    /// <summary>An input, given to every stream alike.</summary>
    private static OrtTensor Port(Wire wire, ConstantTensor value, int streams)
    {
        IEnumerable<long> sizes = wire.Shape.Dimensions.Select(static size => (long)size);
        if (streams > 1) sizes = [streams, .. wire.Shape.Rank > 0 && wire.Shape[0] == 1 ? sizes.Skip(1) : sizes];
        return new OrtTensor(wire.Name, wire.Type, [.. sizes], [.. Enumerable.Repeat(value.Bytes.ToArray(), streams).SelectMany(static bytes => bytes)]);
    }

    private static string? Difference(OrtTensor found, ConstantTensor expected, int streams)
    {
        if (found.Type != expected.Type || found.ElementCount != (long)expected.Shape.ElementCount * streams) return $"is {found}, expected {expected.Type.DisplayName()} {expected.Shape} for {streams} streams";
        double[] numbers = TensorNumbers.Of(new ConstantTensor(found.Type, new TensorShape((int)found.ElementCount), found.Bytes)), wanted = TensorNumbers.Of(expected);
        for (int i = 0; i < numbers.Length; i++)
        {
            if (!TensorNumbers.AreClose(numbers[i], wanted[i % wanted.Length])) return $"element {i} is {numbers[i]:R}, expected {wanted[i % wanted.Length]:R}";
        }
        return null;
    }
}
