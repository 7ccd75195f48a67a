using System.Globalization;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.TestSupport;

namespace SeqStream.Onnx.Tests.Conformance;

/// <summary>Runs ONNX's own operator cases. Each one passes, or is named here with the reason why it cannot.</summary>
public sealed class ConformanceTests
{
    /// <summary>Cases of operators with a rule that a step plan cannot run.</summary>
    private static readonly Dictionary<string, string> s_refused = new(StringComparer.Ordinal)
    {
        ["test_equal_string"] = "strings",
        ["test_identity_opt"] = "optional types",
        ["test_if_opt"] = "optional types",
        ["test_if_seq"] = "sequences",
        ["test_loop13_seq"] = "sequences",
        ["test_loop16_seq_none"] = "sequences",
    };

    [Theory]
    [InlineData("node")]
    [InlineData("simple")]
    [InlineData("pytorch-operator")]
    [InlineData("pytorch-converted")]
    public void Every_case_passes_or_is_refused_for_a_listed_reason(string folder)
    {
        SortedDictionary<string, (int Passed, int Refused)> byOperator = new(StringComparer.Ordinal);
        SortedDictionary<string, int> withoutRule = new(StringComparer.Ordinal);
        List<string> failures = [];
        foreach (string path in Directory.GetDirectories(SharedFolder.Require($"onnx-conformance/{folder}")).Order(StringComparer.Ordinal))
        {
            ConformanceCase conformance;
            try
            {
                conformance = new ConformanceCase(path);
            }
            catch (OnnxFormatException fault)
            {
                failures.Add($"{Path.GetFileName(path)}: {fault.Message}");
                continue;
            }
            string[] missing = [.. conformance.Operators.Where(static name => !OperatorRules.All.ContainsKey(name))];
            if (missing.Length > 0)
            {
                foreach (string name in missing) withoutRule[name] = withoutRule.GetValueOrDefault(name) + 1;
                continue;
            }
            string? fault2 = Check(conformance);
            if (fault2 is not null) failures.Add($"{conformance.Name} ({string.Join(", ", conformance.Operators)}): {fault2}");
            bool refused = s_refused.ContainsKey(conformance.Name);
            foreach (string name in conformance.Operators)
            {
                (int passed, int refusals) = byOperator.GetValueOrDefault(name);
                byOperator[name] = (passed + (fault2 is null && !refused ? 1 : 0), refusals + (refused ? 1 : 0));
            }
        }
        Report(byOperator, withoutRule);
        Assert.True(failures.Count == 0, $"{failures.Count} cases fail:\n{string.Join('\n', failures)}");
    }

    /// <summary>What is wrong with a case; null if it passes, or is refused as listed.</summary>
    private static string? Check(ConformanceCase conformance)
    {
        string? reason = s_refused.GetValueOrDefault(conformance.Name);
        try
        {
            string? difference = conformance.Run();
            return reason is null ? difference : $"it is listed as refused ({reason}), but it runs";
        }
        catch (Exception refusal) when (refusal is LoweringException or OnnxFormatException)
        {
            return reason is null ? refusal.Message : null;
        }
    }

    private static void Report(SortedDictionary<string, (int Passed, int Refused)> byOperator, SortedDictionary<string, int> withoutRule)
    {
        ITestOutputHelper output = TestContext.Current.TestOutputHelper!;
        foreach ((string name, (int passed, int refused)) in byOperator) output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-24} {passed,3} passed {refused,3} refused"));
        output.WriteLine($"no rule: {string.Join(", ", withoutRule.Select(static pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key} {pair.Value}")))}");
    }
}
