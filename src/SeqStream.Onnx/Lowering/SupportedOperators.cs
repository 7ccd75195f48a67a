using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using SeqStream.Onnx.Lowering.Rules;
using SeqStream.Onnx.Streaming;

namespace SeqStream.Onnx.Lowering;

/// <summary>All operators that step plans can run, as the rules themselves say it.</summary>
public static class SupportedOperators
{
    private static readonly ImmutableHashSet<string> s_recurrent = ["RNN", "GRU", "LSTM", "Scan", "Loop"];
    private static readonly ImmutableHashSet<string> s_known = ["Shape", "Size", .. ConstantRules.All.Select(static rule => rule.Item1)];

    /// <summary>The operators, by name.</summary>
    public static ImmutableArray<SupportedOperator> All { get; } = Collect();

    /// <summary>The operators as a table in Markdown, a row for each kind of support along time.</summary>
    public static string Table()
    {
        StringBuilder table = new("| along the stream's time | operators |\n|---|---|\n");
        foreach ((TimeSupport time, string words) in (ReadOnlySpan<(TimeSupport, string)>)
        [
            (TimeSupport.Remembered, "remembers: its memory is the stream's state"),
            (TimeSupport.Buffered, "mixes frames: it keeps those that it needs in the stream's state"),
            (TimeSupport.StepByStep, "keeps frames apart"),
            (TimeSupport.Built, "nothing is left of it in a step"),
            (TimeSupport.InsideStep, "inside one step only"),
        ])
        {
            string[] names = [.. All.Where(one => one.Time == time).Select(static one => one.Name)];
            table.Append(CultureInfo.InvariantCulture, $"| {words} ({names.Length}) | {string.Join(", ", names)} |\n");
        }
        return table.ToString();
    }

    private static ImmutableArray<SupportedOperator> Collect()
    {
        IEnumerable<string> refused = RefusalRules.All.Select(static rule => rule.Item1);
        IEnumerable<string> names = OperatorRules.All.Keys.Except(refused).Union(["RNN", "GRU", "LSTM", "If"]);
        return [.. names.Order(StringComparer.Ordinal).Select(static name => new SupportedOperator(name, TimeOf(name)))];
    }

    private static TimeSupport TimeOf(string name)
    {
        if (s_recurrent.Contains(name)) return TimeSupport.Remembered;
        if (PulseCompiler.Operators.Contains(name)) return TimeSupport.Buffered;
        if (s_known.Contains(name)) return TimeSupport.Built;
        // The branch of an If that is taken becomes a part of the graph around it.
        return name == "If" || TimeLocality.Knows(name) ? TimeSupport.StepByStep : TimeSupport.InsideStep;
    }
}
