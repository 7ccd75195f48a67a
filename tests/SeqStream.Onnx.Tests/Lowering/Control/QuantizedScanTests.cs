using System.IO.Compression;
using System.Text.Json;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.TestSupport;

namespace SeqStream.Onnx.Tests.Lowering.Control;

/// <summary>The published quantised LSTM, a Scan along the stream whose states are int8.</summary>
public sealed class QuantizedScanTests
{
    private const string Folder = "models/tract-lstm-cases/qlstm_3-2-3_T3_S1";

    [Fact]
    public void Every_step_of_the_reference_streams_has_its_exact_numbers()
    {
        LoweringResult result = TestGraphs.Lowered(OnnxModel.Load(SharedFolder.Require(Folder + "/model.onnx")));
        Assert.Equal(StreamForm.Sequence, result.Form);
        Assert.Equal(["Scan.lstm1.c", "Scan.lstm1.r"], [.. result.Plan!.Layout.Fields.Select(static field => field.Name).Select(static name => name[name.IndexOf('.', StringComparison.Ordinal)..]).Select(static name => "Scan" + name)]);
        using StreamingModel model = StreamingModel.FromPlan(result.Plan!);
        Dictionary<string, StreamSession> sessions = [];
        int steps = 0;
        foreach ((JsonElement record, JsonElement answer) in Lines("model.in.jsonl.gz").Zip(Lines("model.out.jsonl.gz")))
        {
            string stream = record.GetProperty("stream").GetString()!;
            if (!sessions.TryGetValue(stream, out StreamSession? session)) sessions.Add(stream, session = model.CreateSession());
            Numbers(record.GetProperty("inputs").GetProperty("input")).CopyTo(session.Input<float>(0));
            session.Step();
            Assert.Equal(Numbers(answer.GetProperty("outputs").GetProperty("output")), session.Output<float>(0).ToArray());
            steps++;
        }
        Assert.Equal(303, steps);
        foreach (StreamSession session in sessions.Values) session.Dispose();
    }

    private static IEnumerable<JsonElement> Lines(string name)
    {
        using StreamReader reader = new(new GZipStream(File.OpenRead(SharedFolder.Require($"{Folder}/reference/{name}")), CompressionMode.Decompress));
        while (reader.ReadLine() is { } line)
        {
            using JsonDocument document = JsonDocument.Parse(line);
            if (document.RootElement.TryGetProperty("control", out _)) continue;
            yield return document.RootElement.Clone();
        }
    }

    private static float[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(static number => number.GetSingle())];
}
