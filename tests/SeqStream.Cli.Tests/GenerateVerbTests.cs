using System.Text.Json;
using System.Xml.Linq;

namespace SeqStream.Cli.Tests;

/// <summary><c>seqstream generate</c> with the bundled models of tunes and drawings.</summary>
public sealed class GenerateVerbTests
{
    [Fact]
    public async Task A_tune_begins_with_the_prompt_and_is_the_same_for_the_same_seed()
    {
        Seqstream.Outcome one = await Seqstream.RunAsync("", "generate", "music", "--prompt", "K:G\\n", "--seed", "3"), other = await Seqstream.RunAsync("", "generate", "music", "--prompt", "K:G\n", "--seed", "3", "--count", "1");
        Assert.Equal(0, one.ExitCode);
        Assert.StartsWith("X: 1\nK:G\n", one.Output, StringComparison.Ordinal);
        Assert.EndsWith("\n\n", one.Output, StringComparison.Ordinal);
        Assert.Equal(one.Output, other.Output);
    }

    [Theory]
    [InlineData("midi", "MThd")]
    [InlineData("wav", "RIFF")]
    public async Task A_tune_of_ones_own_is_played(string format, string expected)
    {
        Seqstream.Outcome played = await Seqstream.RunAsync("", "generate", "music", "--prompt", "X:1\\nK:C\\nCDE#\\n", "--max-steps", "0", "--out", format);
        Assert.Equal(0, played.ExitCode);
        Assert.StartsWith(expected, played.Output, StringComparison.Ordinal);
        Assert.Contains("the tune, line 3, column 4: found '#'", played.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "writes one tune, but --count asks for 2", "music", "--out", "midi", "--count", "2")]
    [InlineData(2, "--out svg is not known here. Known: text, jsonl, midi, wav.", "music", "--out", "svg")]
    [InlineData(2, "writes no tunes", "names", "--out", "wav")]
    [InlineData(65, "The tune has no notes", "music", "--prompt", "X:1\\nK:C\\n", "--max-steps", "0", "--out", "midi")]
    [InlineData(2, "--out midi is not known here. Known: svg, jsonl.", "sketch", "--out", "midi")]
    [InlineData(2, "no class 'dog'", "sketch", "--class", "dog")]
    [InlineData(65, "--prompt point 1: found the coordinate 9999", "sketch", "--prompt", "[[9999,0,0]]")]
    [InlineData(66, "absent.json", "sketch", "--prompt", "absent.json")]
    [InlineData(2, "temperature: found -1", "sketch", "--temperature", "-1")]
    public async Task What_does_not_go_together_is_told(int exitCode, string expected, params string[] arguments)
    {
        Seqstream.Outcome outcome = await Seqstream.RunAsync("", ["generate", .. arguments]);
        Assert.Equal(exitCode, outcome.ExitCode);
        Assert.Contains(expected, outcome.Errors, StringComparison.Ordinal);
        Assert.Empty(outcome.Output);
    }

    [Fact]
    public async Task A_drawing_is_completed_from_a_file_of_strokes()
    {
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "[[20,60,0],[20,200,0],[220,200,0],[220,60,0],[20,60,1]]");
            string[] arguments = ["generate", "sketch", "--class", "house", "--prompt", file, "--seed", "5"];
            Seqstream.Outcome picture = await Seqstream.RunAsync("", arguments), again = await Seqstream.RunAsync("", [.. arguments, "--out", "svg"]);
            Assert.Equal(0, picture.ExitCode);
            Assert.Equal(picture.Output, again.Output);
            string[] colours = [.. XElement.Parse(picture.Output).Descendants().Where(static e => e.Name.LocalName == "path").Select(static e => e.Attribute("stroke")!.Value)];
            Assert.Equal("#9a9a9a", colours[0]);
            Assert.Contains("#14336b", colours);

            Seqstream.Outcome lines = await Seqstream.RunAsync("", [.. arguments, "--out", "jsonl", "--count", "2"]);
            string[] drawings = lines.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(2, drawings.Length);
            Assert.Equal("[[20,20,220,220,20],[60,200,200,60,60]]", JsonDocument.Parse(drawings[0]).RootElement.GetProperty("strokes")[0].GetRawText());
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Points_that_are_streamed_are_answered_one_by_one()
    {
        Seqstream.Outcome outcome = await Seqstream.RunAsync("{\"text\":\"fish\"}\n{\"inputs\":{\"points\":[10,100,0],\"class\":[3]}}\n{\"inputs\":{\"points\":[1e30,100,0],\"class\":[3]}}\n{\"inputs\":{\"points\":[200,120,1],\"class\":[3]}}\n", "run", "sketch");
        Assert.Equal(65, outcome.ExitCode);
        JsonElement[] answers = [.. outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonDocument.Parse(line).RootElement.GetProperty("outputs"))];
        Assert.Equal(3, answers.Length);
        Assert.All(answers, static answer => Assert.Equal(1, answer.GetProperty("pen").EnumerateArray().Sum(static value => value.GetDouble()), 1e-5));
        Assert.Contains("Scale the drawing so that its longer side is 255", outcome.Errors, StringComparison.Ordinal);
    }
}
