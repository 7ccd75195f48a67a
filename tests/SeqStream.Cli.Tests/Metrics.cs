using System.Globalization;
using System.Text.RegularExpressions;

namespace SeqStream.Cli.Tests;

/// <summary>A strict reader of metrics, written from the descriptions of the Prometheus text format 0.0.4 and OpenMetrics 1.0.</summary>
internal static partial class Metrics
{
    /// <summary>Reads a whole text; throws at the first thing that is not as it must be.</summary>
    public static Dictionary<string, double> Check(string text, bool isOpenMetrics)
    {
        Assert.EndsWith(isOpenMetrics ? "# EOF\n" : "\n", text, StringComparison.Ordinal);
        string[] lines = text.TrimEnd('\n').Split('\n');
        if (isOpenMetrics) lines = lines[..^1];
        Dictionary<string, double> samples = [];
        HashSet<string> families = [];
        string family = "", type = "", help = "";
        foreach (string line in lines)
        {
            if (Help().Match(line) is { Success: true } helped)
            {
                Assert.True(families.Add(help = helped.Groups[1].Value), $"family {help} begins twice");
                (family, type) = ("", "");
            }
            else if (Type().Match(line) is { Success: true } typed)
            {
                (family, type) = (typed.Groups[1].Value, typed.Groups[2].Value);
                Assert.Equal(help, family);
                if (isOpenMetrics && type == "counter") Assert.DoesNotMatch("_total$", family);
            }
            else
            {
                Match sample = Sample().Match(line);
                Assert.True(sample.Success, $"'{line}' is no sample");
                Assert.Equal(isOpenMetrics && type == "counter" ? family + "_total" : family, sample.Groups[1].Value);
                Assert.True(samples.TryAdd(sample.Groups[1].Value + sample.Groups[2].Value, double.Parse(sample.Groups[3].Value, NumberStyles.Float, CultureInfo.InvariantCulture)), $"'{line}' stands there twice");
            }
        }
        return samples;
    }

    [GeneratedRegex(@"^# HELP ([a-z][a-z0-9_]*) [^\n]+$")]
    private static partial Regex Help();

    [GeneratedRegex(@"^# TYPE ([a-z][a-z0-9_]*) (counter|gauge)$")]
    private static partial Regex Type();

    [GeneratedRegex("""^([a-z][a-z0-9_]*)((?:\{[a-z_]+="(?:[^"\\\n]|\\["\\n])*"\})?) (-?[0-9]+(?:\.[0-9]+)?(?:E[-+][0-9]+)?)$""")]
    private static partial Regex Sample();
}
