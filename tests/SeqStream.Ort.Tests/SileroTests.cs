using System.IO.Compression;
using System.Text.Json;
using SeqStream.Contracts;
using SeqStream.Ort.Stepping;
using SeqStream.TestSupport;

namespace SeqStream.Ort.Tests;

/// <summary>A published voice activity model, stepped against its recorded outputs.</summary>
public sealed class SileroTests
{
    private const int Samples = 576;
    private const int StateElements = 2 * 128;

    [Theory, InlineData("silero_vad"), InlineData("silero_vad_16k_op15"), InlineData("silero_vad_op18_ifless")]
    public void Session_stepped_by_hand_gives_the_recorded_outputs(string model)
    {
        using OrtSession session = OrtSession.Load(Runtime.Require(), SharedFolder.Require($"models/silero-vad/{model}.onnx"));
        OrtTensor sampleRate = OrtTensor.Int64("sr", [], 16000), state = OrtTensor.Float32("state", [2, 1, 128], new float[StateElements]);
        int step = 0;
        foreach ((float[] input, float expected) in Recording(model))
        {
            IReadOnlyDictionary<string, OrtTensor> answer = session.Run(OrtTensor.Float32("input", [1, Samples], input), state, sampleRate);
            Assert.Equal(expected, answer["output"].Values<float>()[0], 1e-5f);
            state = answer["stateN"] with { Name = "state" };
            step++;
        }
        Assert.Equal(200, step);
    }

    [Fact]
    public void Executor_gives_the_recorded_outputs_to_two_streams_that_run_apart()
    {
        OrtStepModel model = new()
        {
            States = [new OrtStatePair("state", "stateN")],
            Constants = [OrtTensor.Int64("sr", [], 16000)],
            Dimensions = System.Collections.Immutable.ImmutableDictionary<string, long>.Empty.Add("input[1]", Samples),
            BatchDimensions = ["input[0]", "state[1]"],
        };
        using OrtProgram program = OrtProgram.Load(Runtime.Require(), SharedFolder.Require("models/silero-vad/silero_vad.onnx"), model);
        using IStepExecutor executor = program.CreateExecutor(maxLanes: 2, expectedStreams: 2);
        (float[] Input, float Expected)[] recording = [.. Recording("silero_vad")];
        int first = executor.Rent(), second = executor.Rent();
        const int delay = 7;
        for (int step = 0; step < recording.Length + delay; step++)
        {
            List<(int Slot, int At)> lanes = [];
            if (step < recording.Length) lanes.Add((first, step));
            if (step >= delay) lanes.Add((second, step - delay));
            for (int lane = 0; lane < lanes.Count; lane++) recording[lanes[lane].At].Input.CopyTo(System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(executor.Input(0, lane)));
            executor.Step([.. lanes.Select(static lane => lane.Slot)]);
            for (int lane = 0; lane < lanes.Count; lane++) Assert.Equal(recording[lanes[lane].At].Expected, BitConverter.ToSingle(executor.Output(0, lane)), 1e-5f);
        }
    }

    private static IEnumerable<(float[] Input, float Expected)> Recording(string model)
    {
        IEnumerable<float[]> inputs = Lines($"{model}.in.jsonl.gz").Select(static line => Floats(line.GetProperty("inputs").GetProperty("input")));
        IEnumerable<float> outputs = Lines($"{model}.out.jsonl.gz").Select(static line => Floats(line.GetProperty("outputs").GetProperty("output"))[0]);
        return inputs.Zip(outputs);
    }

    private static float[] Floats(JsonElement array) => [.. array.EnumerateArray().Select(static value => value.GetSingle())];

    private static IEnumerable<JsonElement> Lines(string file)
    {
        using StreamReader reader = new(new GZipStream(File.OpenRead(SharedFolder.Require($"models/silero-vad/reference/{file}")), CompressionMode.Decompress));
        while (reader.ReadLine() is { } line) yield return JsonDocument.Parse(line).RootElement;
    }
}
