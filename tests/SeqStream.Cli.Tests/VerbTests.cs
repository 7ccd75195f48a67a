using System.Text.Json;

namespace SeqStream.Cli.Tests;

public sealed class VerbTests
{
    [Fact]
    public async Task Inspect_shows_ports_state_and_executor()
    {
        Seqstream.Outcome inspect = await Seqstream.RunAsync("", "inspect", TestModels.Null, "--plan");

        Assert.Equal(0, inspect.ExitCode);
        Assert.Contains("input       x float32 [1, 2]", inspect.Output, StringComparison.Ordinal);
        Assert.Contains("state       s0 -> s1 from zeros", inspect.Output, StringComparison.Ordinal);
        Assert.Contains("memory      8 bytes per stream", inspect.Output, StringComparison.Ordinal);
        Assert.Contains("  node   Add ", inspect.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inspect_writes_json_for_programs()
    {
        using JsonDocument inspect = JsonDocument.Parse((await Seqstream.RunAsync("", "inspect", TestModels.Null, "--json")).Output);

        Assert.Equal("step", inspect.RootElement.GetProperty("form").GetString());
        Assert.Equal(8, inspect.RootElement.GetProperty("stateBytes").GetInt32());
        Assert.Equal("s1", inspect.RootElement.GetProperty("states")[0].GetProperty("output").GetString());
    }

    [Fact]
    public async Task Bench_writes_a_row_for_each_batch()
    {
        Seqstream.Outcome bench = await Seqstream.RunAsync("", "bench", TestModels.Null, "--batch", "1", "8", "--rounds", "1", "--json");
        using JsonDocument rows = JsonDocument.Parse(bench.Output);

        Assert.Equal([1, 8], rows.RootElement.EnumerateArray().Select(static row => row.GetProperty("batch").GetInt32()));
        Assert.All(rows.RootElement.EnumerateArray(), static row =>
        {
            Assert.True(row.GetProperty("ns").GetDouble() > 0);
            Assert.Equal(0, row.GetProperty("bytesAllocated").GetInt64());
            Assert.Equal(JsonValueKind.Null, row.GetProperty("peerNs").ValueKind);
        });
    }

    [Fact]
    public async Task Doctor_names_instructions_kernels_and_libraries()
    {
        using JsonDocument doctor = JsonDocument.Parse((await Seqstream.RunAsync("", "doctor", "--json")).Output);

        foreach (string subject in new[] { "runtime", "instructions", "kernels", "onnxruntime", "models" })
            Assert.False(string.IsNullOrEmpty(doctor.RootElement.GetProperty(subject).GetString()));
    }

    [Fact]
    public async Task Models_lists_what_is_bundled()
    {
        Seqstream.Outcome models = await Seqstream.RunAsync("", "models", "--json");
        using JsonDocument list = JsonDocument.Parse(models.Output);

        Assert.Equal(0, models.ExitCode);
        Assert.All(list.RootElement.EnumerateArray(), static model => Assert.True(model.GetProperty("bytes").GetInt64() > 0));
    }

    [Fact]
    public async Task Demo_shows_the_models_that_were_named()
    {
        Seqstream.Outcome demo = await Seqstream.RunAsync("", "demo", "--fast", "ner", "names");
        Seqstream.Outcome unknown = await Seqstream.RunAsync("", "demo", "nre");

        Assert.Equal((0, ""), (demo.ExitCode, demo.Errors));
        Assert.StartsWith("ner: named entities, a sentence, as it is typed\n  $ echo ", demo.Output, StringComparison.Ordinal);
        Assert.Contains("\n  Ada              B-PER (", demo.Output, StringComparison.Ordinal);
        Assert.Contains("\nnames: text generation, ", demo.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("activity: ", demo.Output, StringComparison.Ordinal);
        Assert.Equal(2, unknown.ExitCode);
        Assert.Contains("there is no scene of 'nre'. Did you mean 'ner'? Expected ", unknown.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Generate_refuses_a_model_that_cannot()
    {
        Seqstream.Outcome generate = await Seqstream.RunAsync("", "generate", TestModels.Null);

        Assert.Equal(2, generate.ExitCode);
        Assert.Contains("cannot generate: its front end is 'vector', expected 'letters'", generate.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run")]
    [InlineData("generate")]
    [InlineData("models")]
    [InlineData("inspect")]
    [InlineData("convert")]
    [InlineData("bench")]
    [InlineData("eval")]
    [InlineData("doctor")]
    public async Task Every_verb_explains_itself(string verb)
    {
        Seqstream.Outcome help = await Seqstream.RunAsync("", verb, "--help");

        Assert.Equal(0, help.ExitCode);
        Assert.Contains($"seqstream {verb}", help.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", help.Output, StringComparison.Ordinal);
    }
}
