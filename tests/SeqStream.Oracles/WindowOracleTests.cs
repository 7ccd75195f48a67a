using System.Collections.Immutable;
using SeqStream.Contracts;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Ort;
using SeqStream.Ort.Stepping;
using SeqStream.Plan;
using SeqStream.TestSupport;

namespace SeqStream.Oracles;

/// <summary>Whole-sequence models run anew over the newest frames: each answer is the last one of a whole run over these frames, bit for bit.</summary>
public sealed class WindowOracleTests
{
    private const int Frames = 17;

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(40)]
    public void Each_answer_is_that_of_a_whole_run_over_the_window(int window)
    {
        using WindowProgram program = Program(window);
        using OrtSession whole = OrtSession.Load(Library, Model);
        StepPort input = Assert.Single(program.Signature.Inputs);
        using IStepExecutor executor = program.CreateExecutor(maxLanes: 3, expectedStreams: 3);
        int[] slots = [executor.Rent(), executor.Rent()];
        byte[][] streams = [.. slots.Select(static slot => Bytes(slot))];
        for (int frame = 0; frame < Frames; frame++)
        {
            for (int lane = 0; lane < slots.Length; lane++) executor.Input(0, lane)[0] = streams[lane][frame];
            executor.Step(slots);
            for (int lane = 0; lane < slots.Length; lane++)
            {
                byte[] seen = streams[lane][Math.Max(0, frame + 1 - window)..(frame + 1)];
                OrtTensor expected = Assert.Single(whole.Run(new OrtTensor(input.Name, input.Type, [.. input.Shape.Dimensions.Select((size, axis) => axis == TimeAxis ? (long)seen.Length : size)], seen))).Value;
                ReadOnlySpan<byte> found = executor.Output(0, lane);
                Assert.Equal(expected.Bytes[^found.Length..], found.ToArray());
            }
        }
    }

    [Fact]
    public void Saved_window_goes_on_elsewhere()
    {
        using WindowProgram program = Program(6);
        byte[] row = new byte[program.Signature.Layout.RowBytes], stream = Bytes(3), expected;
        using (IStepExecutor executor = program.CreateExecutor(1, 1))
        {
            int slot = executor.Rent();
            for (int frame = 0; frame < Frames - 1; frame++) Step(executor, slot, stream[frame]);
            executor.Save(slot, row);
            expected = Step(executor, slot, stream[^1]);
        }
        using IStepExecutor other = program.CreateExecutor(2, 1);
        int moved = other.Rent();
        other.Restore(moved, row);
        Assert.Equal(expected, Step(other, moved, stream[^1]));
        other.Reset(moved);
        Assert.NotEqual(expected, Step(other, moved, stream[^1]));
    }

    [Fact]
    public void Input_that_does_not_grow_with_the_sequence_is_refused_by_name()
    {
        using OrtSession session = OrtSession.Load(Library, Model);
        OrtException refusal = Assert.Throws<OrtException>(() => new WindowProgram(session, new WindowModel { Frames = 3, TimeAxes = ImmutableDictionary<string, int>.Empty }));
        Assert.Contains($"input {session.Inputs[0]} does not grow with the sequence", refusal.Message, StringComparison.Ordinal);
    }

    private static string Model => SharedFolder.Require("models/tract-lstm-cases/byte_sb_bidi_lstm/model.onnx");

    private static OrtLibrary Library
    {
        get
        {
            OrtLibraryFinding finding = OrtLibrary.Find();
            Assert.SkipWhen(finding.Library is null, $"{finding}\nRun tools/get-onnxruntime first.");
            return finding.Library!;
        }
    }

    private static int TimeAxis => Assert.Single(OnnxLowering.Lower(OnnxModel.Load(Model)).TimeAxes).Axis;

    private static WindowProgram Program(int window)
    {
        LoweringResult refused = OnnxLowering.Lower(OnnxModel.Load(Model));
        Assert.Null(refused.Plan);
        return new WindowProgram(OrtSession.Load(Library, Model), new WindowModel { Frames = window, TimeAxes = refused.TimeAxes.ToImmutableDictionary(static place => place.Input, static place => place.Axis) });
    }

    private static byte[] Step(IStepExecutor executor, int slot, byte value)
    {
        executor.Input(0, 0)[0] = value;
        executor.Step([slot]);
        return executor.Output(0, 0).ToArray();
    }

    private static byte[] Bytes(int seed)
    {
        byte[] bytes = new byte[Frames];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
