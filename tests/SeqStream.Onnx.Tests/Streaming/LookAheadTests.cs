using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Onnx.Tests.Lowering;
using SeqStream.Plan;
using SeqStream.TestSupport;

namespace SeqStream.Onnx.Tests.Streaming;

/// <summary>Layers in reverse direction over a window of future frames.</summary>
public sealed class LookAheadTests
{
    private const int Input = 3, Hidden = 4, Frames = 23;
    private const string Published = "models/tract-lstm-cases/byte_sb_bidi_lstm";

    [Theory]
    [InlineData("RNN", "bidirectional", 0, 0)]
    [InlineData("GRU", "bidirectional", 1, 3)]
    [InlineData("LSTM", "bidirectional", 0, 5)]
    [InlineData("LSTM", "reverse", 1, 2)]
    [InlineData("GRU", "reverse", 0, 30)]
    public void Each_frame_has_the_reverse_direction_of_its_window(string cell, string direction, int layout, int ahead)
    {
        OnnxModel model = Layer(cell, direction, layout);
        LoweringResult result = TestGraphs.Lowered(model, new LoweringOptions { LookAhead = ahead });
        Assert.Equal(["layer"], result.Approximate);
        Assert.Equal((ahead, (long)ahead), (result.Outputs[0].Delay, result.Outputs[0].LookAhead));
        float[][] x = PlanRun.Random(Frames, Input);
        float[] found = StreamRun.Whole(result, x);
        int directions = direction == "bidirectional" ? 2 : 1;
        float[] whole = Call(model, x, 0, Frames);
        for (int frame = 0; frame < Frames; frame++)
        {
            float[] window = Call(model, x, frame, Math.Min(frame + ahead + 1, Frames));
            if (directions == 2) PlanRun.Near(whole.AsSpan(frame * 2 * Hidden, Hidden), found.AsSpan(frame * 2 * Hidden, Hidden));
            int reverse = (directions - 1) * Hidden;
            PlanRun.Near(window.AsSpan(reverse, Hidden), found.AsSpan((frame * directions * Hidden) + reverse, Hidden));
        }
    }

    [Fact]
    public void Layers_behind_each_other_add_up_their_waits_and_are_exact_where_windows_reach_the_end()
    {
        OnnxModel model = TestGraphs.Build(static graph => graph.Input("x", ElementType.Float32, "seq", 1, Input).Weights("one", 3, Input, Hidden, 2).Weights("two", 4, 2 * Hidden, Hidden, 2).Int64s("flat", 0, 1, 2 * Hidden)
            .Recurrent("one", "GRU", "x", [], ["y1"], ("hidden_size", Hidden), ("direction", "bidirectional")).Node("Transpose", ["y1"], ["t1"], ("perm", new[] { 0, 2, 1, 3 })).Node("Reshape", ["t1", "flat"], ["x2"])
            .Recurrent("two", "LSTM", "x2", [], ["y"], ("hidden_size", Hidden), ("direction", "bidirectional")).Output("y"));
        LoweringResult result = TestGraphs.Lowered(model, new LoweringOptions { LookAhead = Frames });
        Assert.Equal(["one", "two"], result.Approximate);
        Assert.Contains(result.Notes, static note => note.StartsWith("approximate: one, two", StringComparison.Ordinal));
        Assert.Equal(2 * Frames, result.Outputs[0].Delay);
        float[][] x = PlanRun.Random(Frames, Input);
        PlanRun.Near(Call(model, x, 0, Frames, "seq"), StreamRun.Whole(result, x));
    }

    [Fact]
    public void A_stream_that_moves_in_the_middle_goes_on_bit_for_bit()
    {
        LoweringResult result = TestGraphs.Lowered(Layer("LSTM", "bidirectional", 0), new LoweringOptions { LookAhead = 4 });
        float[][] x = PlanRun.Random(Frames, Input);
        float[] whole = StreamRun.Whole(result, x);
        foreach (int step in (int[])[1, 3, 11, Frames + 1]) Assert.Equal(whole, StreamRun.Whole(result, x, step));
    }

    [Fact]
    public void Lanes_of_a_batch_that_began_at_different_steps_equal_their_streams_alone_bit_for_bit()
    {
        LoweringResult result = TestGraphs.Lowered(Layer("GRU", "bidirectional", 0), new LoweringOptions { LookAhead = 3 });
        using StreamingModel model = StreamingModel.FromPlan(result.Plan!);
        const int lanes = 5;
        using SeqStream.Contracts.IStepExecutor executor = model.CreateExecutor(lanes, lanes);
        float[][][] x = [.. Enumerable.Range(0, lanes).Select(static lane => PlanRun.Random(Frames - (2 * lane), Input, lane))];
        List<float>[] answers = [.. x.Select(static _ => new List<float>())];
        int[] slots = [.. x.Select(_ => executor.Rent())], steps = new int[lanes];
        for (int turn = 0; steps.Zip(x).Any(lane => lane.First < result.Outputs[0].StepsFor(lane.Second.Length)); turn++)
        {
            int[] active = [.. Enumerable.Range(0, lanes).Where(lane => turn >= 2 * lane && steps[lane] < result.Outputs[0].StepsFor(x[lane].Length)).OrderBy(lane => (lane * 7 + turn) % lanes)];
            for (int at = 0; at < active.Length; at++)
            {
                int lane = active[at];
                if (steps[lane] == x[lane].Length) StreamEnd.Announce(executor, slots[lane], x[lane].Length);
                Span<float> input = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(executor.Input(0, at));
                if (steps[lane] < x[lane].Length) x[lane][steps[lane]].CopyTo(input);
                else input.Fill(float.NaN);
            }
            executor.Step([.. active.Select(lane => slots[lane])]);
            for (int at = 0; at < active.Length; at++)
            {
                if (steps[active[at]]++ >= result.Outputs[0].Delay) answers[active[at]].AddRange(System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(executor.Output(0, at)));
            }
        }
        for (int lane = 0; lane < lanes; lane++) Assert.Equal(StreamRun.Whole(result, x[lane]), answers[lane]);
    }

    [Fact]
    public void Without_a_look_ahead_the_layers_are_refused_by_name()
    {
        Blocker[] blockers = TestGraphs.Refused(OnnxModel.Load(SharedFolder.Require(Published + "/model.onnx")));
        Assert.Equal(["LSTM_9", "LSTM_20"], [.. blockers.Select(static blocker => blocker.Node)]);
        Assert.All(blockers, static blocker => Assert.Contains("bidirectional direction", blocker.Reason, StringComparison.Ordinal));
    }

    [Fact]
    public void A_negative_look_ahead_is_refused()
        => Assert.Contains("-1 frames", Assert.Single(TestGraphs.Refused(Layer("GRU", "reverse", 0), new LoweringOptions { LookAhead = -1 })).Reason, StringComparison.Ordinal);

    /// <summary>Mean and greatest deviation of the published sentence boundary model from its reference, printed for some windows.</summary>
    [Fact]
    public void The_published_model_comes_nearer_its_reference_with_longer_windows()
    {
        OnnxModel model = OnnxModel.Load(SharedFolder.Require(Published + "/model.onnx"));
        List<(byte[] Text, float[] Whole)> streams = [.. Lines("model.whole.in.jsonl.gz").Zip(Lines("model.whole.out.jsonl.gz"), static (given, answer)
            => ((byte[])[.. given.GetProperty("inputs").GetProperty("input").EnumerateArray().Select(static number => number.GetByte())], (float[])[.. answer.GetProperty("outputs").GetProperty("output").EnumerateArray().Select(static number => number.GetSingle())]))];
        Assert.NotEmpty(streams);
        double before = double.PositiveInfinity;
        foreach (int ahead in (int[])[0, 1, 2, 4, 8, 16, 32, 200])
        {
            LoweringResult result = TestGraphs.Lowered(model, new LoweringOptions { LookAhead = ahead });
            Assert.Equal(2 * ahead, result.Outputs[0].Delay);
            List<double> deviations = [];
            int agreeing = 0;
            foreach ((byte[] text, float[] whole) in streams)
            {
                float[] found = StreamRun.Whole(result, [.. text.Select(static letter => (byte[])[letter])]);
                deviations.AddRange(whole.Zip(found, static (expected, answer) => Math.Abs((double)expected - answer)));
                agreeing += Enumerable.Range(0, whole.Length / 2).Count(place => whole[2 * place] > 0 == found[2 * place] > 0 && whole[(2 * place) + 1] > 0 == found[(2 * place) + 1] > 0);
            }
            double mean = deviations.Average();
            TestContext.Current.TestOutputHelper!.WriteLine(string.Create(CultureInfo.InvariantCulture, $"look-ahead {ahead,3} a layer, delay {2 * ahead,3}: mean deviation {mean:0.######}, greatest {deviations.Max():0.######}, decisions equal {agreeing} of {deviations.Count / 2}"));
            Assert.True(mean < before, $"look-ahead {ahead}: mean deviation {mean}, with the shorter window {before}");
            before = mean;
        }
        Assert.True(before < 1e-5, $"with windows as long as the streams the mean deviation is {before}");
    }

    private static OnnxModel Layer(string cell, string direction, int layout)
    {
        int gates = cell switch { "RNN" => 1, "GRU" => 3, _ => 4 }, directions = direction == "bidirectional" ? 2 : 1;
        return TestGraphs.Build(graph =>
        {
            graph = layout == 0 ? graph.Input("x", ElementType.Float32, "seq", 1, Input) : graph.Input("x", ElementType.Float32, 1, "seq", Input);
            long[] state = layout == 0 ? [directions, 1, Hidden] : [1, directions, Hidden];
            graph.Weights("layer", gates, Input, Hidden, directions).Random("h0", state).Random("c0", state)
                .Recurrent("layer", cell, "x", cell == "LSTM" ? ["h0", "c0"] : ["h0"], ["y"], ("hidden_size", Hidden), ("direction", direction), ("layout", layout)).Output("y");
        });
    }

    /// <summary>The whole-sequence model on some of the frames.</summary>
    private static float[] Call(OnnxModel model, float[][] x, int from, int to, string symbol = "seq")
        => PlanRun.Call(model, PlanRun.Sized((symbol, to - from)), ("x", x[from..to].SelectMany(static frame => frame).ToArray()))["y"];

    private static IEnumerable<JsonElement> Lines(string name)
    {
        using StreamReader reader = new(new GZipStream(File.OpenRead(SharedFolder.Require($"{Published}/reference/{name}")), CompressionMode.Decompress));
        while (reader.ReadLine() is { } line)
        {
            using JsonDocument document = JsonDocument.Parse(line);
            if (document.RootElement.TryGetProperty("inputs", out _) || document.RootElement.TryGetProperty("outputs", out _)) yield return document.RootElement.Clone();
        }
    }
}
