using System.Collections.Immutable;
using System.Runtime.InteropServices;
using SeqStream.Contracts;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Ort;
using SeqStream.Ort.Stepping;
using SeqStream.TestSupport;

namespace SeqStream.Oracles;

/// <summary>Published step models over a minute of speech: outputs and carried state against ONNX Runtime at every step.</summary>
public sealed class StepModelTests
{
    private const float Tolerance = 1e-4f;                 // absolute, for outputs and for states that stay small
    private const float ToleranceOfLargeStates = 1e-5f;    // relative, beside the absolute one: DTLN's cells count up to hundreds, where float32 itself is no finer than 2e-5
    private const int SampleRate = 16000;
    private const int WavHeaderBytes = 44;

    [Theory]
    [InlineData("silero_vad")]
    [InlineData("silero_vad_16k_op15")]
    [InlineData("silero_vad_op18_ifless")]
    public void Voice_activity_and_its_state_equal_those_of_onnx_runtime(string name)
    {
        const int hop = 512, context = 64;
        float[] samples = [.. new float[context], .. Speech()];
        RecordShape first = new()
        {
            Counts = ImmutableDictionary<string, int>.Empty.Add("input", context + hop).Add("sr", 1),
            Integers = ImmutableDictionary<string, long>.Empty.Add("sr", SampleRate),
        };
        OrtStepModel peer = new()
        {
            States = [new OrtStatePair("state", "stateN")],
            Constants = [OrtTensor.Int64("sr", [], SampleRate)],
            Dimensions = ImmutableDictionary<string, long>.Empty.Add("input[1]", context + hop).Add("sequence", context + hop),
            BatchDimensions = ["input[0]", "state[1]", "batch"],
        };
        Compare($"models/silero-vad/{name}.onnx", first, peer, Enumerable.Range(0, (samples.Length - context) / hop).Select(step => (ReadOnlyMemory<float>)samples.AsMemory(step * hop, context + hop)), place: null);
    }

    [Fact]
    public void Noise_mask_and_its_state_equal_those_of_onnx_runtime()
        // The file's state is [1, layer, unit, h or c]; a row has h and c of one layer after the other.
        => Compare("models/dtln/model_1.onnx", null, new OrtStepModel { States = [new OrtStatePair("input_3", "tf_op_layer_stack_2")] }, Blocks().Select(static block => (ReadOnlyMemory<float>)Magnitudes(block.Span)),
            static (field, element) => (field / 2 * 256) + (element * 2) + (field % 2));

    /// <summary>DTLN's cells count up to a thousand and forget almost nothing, so roundings add up in both runtimes: each is held against the recurrence in float64.</summary>
    [Fact]
    public void Noise_mask_state_stays_near_the_recurrence_in_float64()
    {
        OrtLibraryFinding finding = OrtLibrary.Find();
        Assert.SkipWhen(finding.Library is null, $"{finding}\nRun tools/get-onnxruntime first.");
        string path = SharedFolder.Require("models/dtln/model_1.onnx");
        OnnxModel onnx = OnnxModel.Load(path);
        ExactLstm[] layers = [new(onnx, "lstm_4"), new(onnx, "lstm_5")];
        using StreamingModel model = StreamingModel.FromPlan(OnnxLowering.Lower(onnx).PlanOrThrow());
        using IStepExecutor native = model.CreateExecutor(1, 1);
        using OrtProgram program = OrtProgram.Load(finding.Library!, path, new OrtStepModel { States = [new OrtStatePair("input_3", "tf_op_layer_stack_2")] });
        using OrtStepper stepper = program.CreateStepper(1);
        int[] slots = [native.Rent()];
        byte[] row = new byte[native.Signature.Layout.RowBytes];
        double ours = 0, theirs = 0, apart = 0, greatest = 0;
        foreach (ReadOnlyMemory<float> block in Blocks())
        {
            float[] x = Magnitudes(block.Span);
            MemoryMarshal.AsBytes<float>(x).CopyTo(native.Input(0, 0));
            x.CopyTo(stepper.Input<float>(0));
            native.Step(slots);
            stepper.Step();
            native.Save(slots[0], row);
            float[] state = StateOf(native.Signature, row, static (field, element) => (field / 2 * 256) + (element * 2) + (field % 2));
            layers[1].Step(layers[0].Step(Array.ConvertAll(x, static value => (double)value)));
            for (int layer = 0; layer < layers.Length; layer++)
            {
                for (int unit = 0; unit < layers[layer].Units; unit++)
                {
                    int at = (layer * 256) + (unit * 2) + 1;
                    double exact = layers[layer].C[unit];
                    apart = Math.Max(apart, Math.Abs(state[at] - stepper.State<float>(0)[at]));
                    (ours, theirs, greatest) = (Math.Max(ours, Math.Abs(state[at] - exact)), Math.Max(theirs, Math.Abs(stepper.State<float>(0)[at] - exact)), Math.Max(greatest, Math.Abs(exact)));
                }
            }
        }
        TestContext.Current.TestOutputHelper!.WriteLine($"cells up to {greatest:0}: ours is off by {ours:G3} at most, ONNX Runtime by {theirs:G3}; they are {apart:G3} apart");
        Assert.True(greatest > 100, $"{greatest}");
        Assert.True(ours <= ToleranceOfLargeStates * greatest, $"{ours}");
    }

    [Fact]
    public void Denoised_blocks_and_their_state_equal_those_of_onnx_runtime()
        => Compare("models/dtln/model_2.onnx", null, new OrtStepModel { States = [new OrtStatePair("input_5", "tf_op_layer_stack_5")] }, Blocks(), place: null);

    /// <param name="file">The model.</param>
    /// <param name="first">What a first record shows; null if the file says everything.</param>
    /// <param name="peer">The same model for ONNX Runtime.</param>
    /// <param name="frames">One input for each step.</param>
    /// <param name="place">(field of the row, element) to the element of the file's state; null if fields lie there one after the other.</param>
    private static void Compare(string file, RecordShape? first, OrtStepModel peer, IEnumerable<ReadOnlyMemory<float>> frames, Func<int, int, int>? place)
    {
        OrtLibraryFinding finding = OrtLibrary.Find();
        Assert.SkipWhen(finding.Library is null, $"{finding}\nRun tools/get-onnxruntime first.");
        string path = SharedFolder.Require(file);
        OnnxModel onnx = OnnxModel.Load(path);
        LoweringResult lowering = OnnxLowering.Lower(onnx);
        if (first is not null) lowering = OpenInputs.Bind(onnx, lowering, first);
        using StreamingModel model = StreamingModel.FromPlan(lowering.PlanOrThrow());
        using IStepExecutor native = model.CreateExecutor(1, 1);
        using OrtProgram program = OrtProgram.Load(finding.Library!, path, peer);
        using OrtStepper stepper = program.CreateStepper(1);
        int[] slots = [native.Rent()];
        byte[] row = new byte[native.Signature.Layout.RowBytes];
        int steps = 0;
        foreach (ReadOnlyMemory<float> frame in frames)
        {
            MemoryMarshal.AsBytes(frame.Span).CopyTo(native.Input(0, 0));
            for (int port = 1; port < native.Signature.Inputs.Length; port++) MemoryMarshal.Cast<byte, long>(native.Input(port, 0)).Fill(SampleRate);
            frame.Span.CopyTo(stepper.Input<float>(0));
            native.Step(slots);
            stepper.Step();
            AssertNear(stepper.Output<float>(0), MemoryMarshal.Cast<byte, float>(native.Output(0, 0)), steps);
            native.Save(slots[0], row);
            AssertNear(stepper.State<float>(0), StateOf(native.Signature, row, place), steps, first is null ? ToleranceOfLargeStates : 0);
            steps++;
        }
        Assert.True(steps > 1000, $"Only {steps} steps were compared.");
    }

    private static float[] StateOf(StepSignature signature, byte[] row, Func<int, int, int>? place)
    {
        int count = signature.Layout.Fields.Sum(static field => field.Shape.ElementCount), before = 0;
        float[] state = new float[count];
        for (int index = 0; index < signature.Layout.Fields.Length; index++)
        {
            ReadOnlySpan<float> values = MemoryMarshal.Cast<byte, float>(row.AsSpan(signature.Layout.OffsetOf(signature.Layout.Fields[index])))[..signature.Layout.Fields[index].Shape.ElementCount];
            for (int element = 0; element < values.Length; element++) state[place?.Invoke(index, element) ?? before + element] = values[element];
            before += values.Length;
        }
        return state;
    }

    private static void AssertNear(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, int step, float relative = 0)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++) Assert.True(MathF.Abs(expected[i] - actual[i]) <= Math.Max(Tolerance, relative * MathF.Abs(expected[i])), $"Step {step}, element {i}: expected {expected[i]}, found {actual[i]}");
    }

    private static float[] Speech()
    {
        byte[] wav = File.ReadAllBytes(SharedFolder.Require("models/silero-vad/test.wav"));
        return [.. MemoryMarshal.Cast<byte, short>(wav.AsSpan(WavHeaderBytes)).ToArray().Select(static sample => sample / 32768f)];
    }

    private static IEnumerable<ReadOnlyMemory<float>> Blocks()
    {
        const int block = 512, shift = 128;
        float[] samples = [.. new float[block - shift], .. Speech()];
        for (int start = 0; start + block <= samples.Length; start += shift) yield return samples.AsMemory(start, block);
    }

    /// <summary>Absolute values of the discrete Fourier transform from frequency 0 to half the sample rate.</summary>
    private static float[] Magnitudes(ReadOnlySpan<float> block)
    {
        float[] magnitudes = new float[(block.Length / 2) + 1];
        for (int frequency = 0; frequency < magnitudes.Length; frequency++)
        {
            // Goertzel's recurrence: two multiplications for each sample.
            double twice = 2 * Math.Cos(2 * Math.PI * frequency / block.Length), one = 0, two = 0;
            foreach (float sample in block) (one, two) = ((twice * one) - two + sample, one);
            magnitudes[frequency] = (float)Math.Sqrt(Math.Max(0, (one * one) + (two * two) - (twice * one * two)));
        }
        return magnitudes;
    }
}
