using System.Text.Json;
using SeqStream.TestSupport;

namespace SeqStream.Cli.Tests;

/// <summary>Weights in fewer bytes: <c>--weights</c> of the verbs, converted files, and what a card recommends.</summary>
public sealed class WeightsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("seqstream-weights-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("bf16", 0.55)]
    [InlineData("f16", 0.55)]
    [InlineData("int8", 0.3)]
    [InlineData("int4", 0.2)]
    public async Task A_converted_model_is_smaller_and_runs_as_the_rounding_at_load(string form, double most)
    {
        string wide = Path.Combine(_folder, "wide.onnx"), small = Path.Combine(_folder, "small.onnx");
        const string input = """
            {"inputs":{"ids":[3],"class":[0]}}
            {"inputs":{"ids":[7],"class":[0]}}
            {"inputs":{"ids":[1],"class":[0]}}
            """;
        await Seqstream.RunAsync("", "convert", "names", wide, "--quiet");
        Seqstream.Outcome convert = await Seqstream.RunAsync("", "convert", "names", small, "--weights", form);
        Seqstream.Outcome atLoad = await Seqstream.RunAsync(input, "run", wide, "--weights", form), converted = await Seqstream.RunAsync(input, "run", small);
        Seqstream.Outcome inspect = await Seqstream.RunAsync("", "inspect", small), explain = await Seqstream.RunAsync("", "explain", small);

        Assert.Equal((0, ""), (convert.ExitCode, convert.Errors));
        Assert.Contains($"weights     {form}: ", convert.Output, StringComparison.Ordinal);
        Assert.InRange(new FileInfo(small).Length, 1, (long)(new FileInfo(wide).Length * most));
        Assert.Equal((0, ""), (converted.ExitCode, converted.Errors));
        Assert.Equal(3, converted.Lines.Length);
        Assert.Equal(atLoad.Output, converted.Output);
        Assert.Contains(form + (form.StartsWith("int", StringComparison.Ordinal) ? ", integer products" : ", float32 products"), inspect.Output, StringComparison.Ordinal);
        Assert.Contains($"GRU: {form}", explain.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_card_recommends_a_form_and_the_command_line_has_the_last_word()
    {
        Seqstream.Outcome recommended = await Seqstream.RunAsync("", "inspect", "names", "--json"), wide = await Seqstream.RunAsync("", "inspect", "names", "--json", "--weights", "f32"), verify = await Seqstream.RunAsync("", "verify", "names", "--rounds", "1", "--json");
        using JsonDocument small = JsonDocument.Parse(recommended.Output), large = JsonDocument.Parse(wide.Output);
        Assert.Equal("int8", Assert.Single(small.RootElement.GetProperty("weightForms").EnumerateArray()).GetString());
        Assert.Empty(large.RootElement.GetProperty("weightForms").EnumerateArray());
        Assert.True(3 * small.RootElement.GetProperty("weightBytes").GetInt64() < large.RootElement.GetProperty("weightBytes").GetInt64());
        Assert.Equal(0, verify.ExitCode);
        using JsonDocument proof = JsonDocument.Parse(verify.Output);
        Assert.True(proof.RootElement.GetProperty("equal").GetBoolean());
        Assert.False(proof.RootElement.GetProperty("approximate").GetBoolean());
    }

    [Fact]
    public async Task Eval_shows_forms_beside_float32()
    {
        string data = SharedFolder.Require("data/wearable-har/BasicMotions_TRAIN.ts.gz");
        Seqstream.Outcome text = await Seqstream.RunAsync("", "eval", "motions", "--data", data, "--weights", "int8", "f16"), json = await Seqstream.RunAsync("", "eval", "motions", "--data", data, "--weights", "int8", "--json");
        Assert.Equal((0, ""), (text.ExitCode, text.Errors));
        Assert.Equal(["f32", "int8", "f16"], text.Lines[2..].Select(static line => line.Split(' ')[0]));
        Assert.Contains("change", text.Lines[1], StringComparison.Ordinal);
        using JsonDocument rows = JsonDocument.Parse(json.Output);
        JsonElement[] forms = [.. rows.RootElement.EnumerateArray()];
        Assert.Equal(["f32", "int8"], forms.Select(static form => form.GetProperty("weights").GetString()));
        Assert.True(forms[1].GetProperty("weightBytes").GetInt64() < forms[0].GetProperty("weightBytes").GetInt64());
        Assert.Equal(1, forms[0].GetProperty("figures").GetProperty("accuracy at the end").GetDouble());
    }

    [Fact]
    public async Task Bench_times_forms_in_the_rounds_of_float32()
    {
        Seqstream.Outcome bench = await Seqstream.RunAsync("", "bench", "names", "--weights", "int8", "bf16", "--rounds", "1", "--json");
        using JsonDocument rows = JsonDocument.Parse(bench.Output);
        JsonElement[] forms = [.. rows.RootElement.EnumerateArray()];
        Assert.Equal(["f32", "int8", "bf16"], forms.Select(static form => form.GetProperty("weights").GetString()));
        Assert.All(forms, static form => Assert.Equal(0, form.GetProperty("bytesAllocated").GetInt64()));
        Assert.Equal(1, forms[0].GetProperty("float32Ratio").GetDouble());
        Assert.All(forms[1..], static form => Assert.True(form.GetProperty("float32Ratio").GetDouble() > 0));
    }

    [Theory]
    [InlineData("--weights is 'int5'", "run", "names", "--weights", "int5")]
    [InlineData("Expected f32, bf16, f16, int8, int4", "bench", "names", "--weights", "fp16")]
    [InlineData("are for the native executor", "inspect", "names", "--weights", "int8", "--executor", "onnxruntime")]
    [InlineData("do not go together", "convert", "names", "OUT", "--weights", "int8", "--decompose")]
    public async Task Wrong_use_is_said(string message, params string[] arguments)
    {
        Seqstream.Outcome outcome = await Seqstream.RunAsync("", [.. arguments.Select(argument => argument == "OUT" ? Path.Combine(_folder, "out.onnx") : argument)]);
        Assert.NotEqual(0, outcome.ExitCode);
        Assert.Contains(message, outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_kept_state_is_refused_by_another_form()
    {
        string streams = Path.Combine(_folder, "streams"), wide = Path.Combine(_folder, "wide.onnx");
        await Seqstream.RunAsync("", "convert", "names", wide, "--quiet");
        const string input = """{"stream":"a","inputs":{"ids":[3],"class":[0]}}""";
        Seqstream.Outcome first = await Seqstream.RunAsync(input, "run", wide, "--weights", "int8", "--state-dir", streams), again = await Seqstream.RunAsync(input, "run", wide, "--weights", "int8", "--state-dir", streams);
        Seqstream.Outcome other = await Seqstream.RunAsync(input, "run", wide, "--state-dir", streams);
        Assert.Equal((0, 0), (first.ExitCode, again.ExitCode));
        Assert.Contains("\"step\":1", again.Output, StringComparison.Ordinal);
        Assert.NotEqual(0, other.ExitCode);
    }
}
