using System.Collections.Immutable;
using System.Runtime.InteropServices;
using FsCheck;
using FsCheck.Fluent;
using SeqStream.Contracts;
using SeqStream.Execution;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Onnx.Writing;
using SeqStream.Operators.Control;
using SeqStream.Ort;
using SeqStream.Ort.Stepping;
using SeqStream.Plan;
using SeqStream.TestSupport;

namespace SeqStream.Oracles;

/// <summary>Written step models: in ONNX Runtime, and read back by SeqStream, they step like the plans they were written from, to the last frame after the end.</summary>
public sealed class WrittenModelTests
{
    private const int Problems = 60, MoreFrames = 12;

    [Fact]
    public void Windows_and_branches_step_alike_in_every_form()
        => ForRandomSeeds(static seed => CompareStream(seed));

    /// <summary>The model runs only for lengths that are multiples of its stride, and frames after the end are not numbers.</summary>
    [Fact]
    public void A_model_for_some_lengths_alone_steps_alike_in_every_form() => CompareStream(1309913782);

    [Fact]
    public void Recurrent_models_step_alike_in_every_form()
        => ForRandomSeeds(static seed => CompareSequence(seed));

    [Theory]
    [InlineData("activity")]
    [InlineData("names")]
    [InlineData("ner")]
    public void Bundled_models_step_alike_in_every_form(string name)
    {
        LoweringResult lowering = OnnxLowering.Lower(OnnxModel.Load(Path.Combine(SharedFolder.Repository, "models", name, "model.onnx")));
        CompareForms(name, lowering, [9, 30, 17], Noise(name.Length, integers: 3));
    }

    [Theory]
    [InlineData("silero_vad")]
    [InlineData("silero_vad_16k_op15")]
    [InlineData("silero_vad_op18_ifless")]
    public void Voice_activity_steps_alike_in_every_form(string name) => CompareForms(name, PublishedModels.Voice(name), [40, 25, 33], Noise(1));

    [Theory]
    [InlineData("model_1")]
    [InlineData("model_2")]
    public void Noise_suppression_steps_alike_in_every_form(string name) => CompareForms(name, PublishedModels.NoiseSuppression(name), [40, 25, 33], Noise(2));

    [Fact]
    public void Layers_that_look_ahead_step_alike_in_every_form()
        => ForRandomSeeds(static seed => CompareStream(seed, new LoweringOptions { LookAhead = seed % 7 }));

    [Theory]
    [InlineData("scan")]
    [InlineData("loop")]
    [InlineData("conditional loop")]
    [InlineData("quantised lstm")]
    public void Trips_inside_a_step_are_alike_in_every_form(string kind)
    {
        LoweringResult lowering = OnnxLowering.Lower(OnnxModel.Parse(TripModels.Of(kind), kind));
        Assert.Contains(lowering.PlanOrThrow().Nodes, static node => node is ScanNode);
        CompareForms(kind, lowering, [9, 14, 11], Noise(kind.Length));
    }

    [Theory]
    [InlineData("qlstm_3-2-3_T3_S1", null)]
    [InlineData("byte_sb_bidi_lstm", 5)]
    public void Published_layers_step_alike_in_every_form(string name, int? lookAhead)
    {
        LoweringResult lowering = OnnxLowering.Lower(OnnxModel.Load(SharedFolder.Require($"models/tract-lstm-cases/{name}/model.onnx")), new LoweringOptions { LookAhead = lookAhead });
        CompareForms(name, lowering, [9, 30, 17], Noise(name.Length));
    }

    private static void CompareStream(int seed, LoweringOptions? options = null)
    {
        StreamProblem problem = new(seed, looksAhead: options?.LookAhead is not null);
        LoweringResult lowering = OnnxLowering.Lower(OnnxModel.Parse(problem.ModelBytes, $"problem {seed}"), options);
        Assert.True(lowering.Plan is not null, $"{problem} was refused: {string.Join("; ", lowering.Blockers)}");
        Random random = new(seed);
        long[] lengths = [.. Enumerable.Range(0, 3).Select(_ => (lowering.ShortestStream + random.Next(MoreFrames)) / lowering.LengthMultiple * lowering.LengthMultiple)];
        CompareForms(problem.ToString(), lowering, lengths, (executor, lane, stream, step, length) =>
        {
            Span<float> input = MemoryMarshal.Cast<byte, float>(executor.Input(0, lane));
            int frames = lowering.FramesPerStep;
            for (int element = 0; element < input.Length; element++)
            {
                long frame = (step * frames) + (element % frames);
                input[element] = frame < length ? new Random(HashCode.Combine(seed, stream, frame, element / frames)).NextSingle() * 4 - 2 : float.NaN;
            }
        });
    }

    private static void CompareSequence(int seed)
    {
        SequenceProblem problem = new(seed);
        LoweringResult lowering = OnnxLowering.Lower(OnnxModel.Parse(problem.ModelBytes, $"problem {seed}"));
        Assert.True(lowering.Plan is not null, $"{problem} was refused: {string.Join("; ", lowering.Blockers)}");
        CompareForms(problem.ToString(), lowering, [5, 9, 7], problem.TakesTokens ? Tokens(seed, SequenceProblem.Vocabulary) : Noise(seed));
    }

    private static void CompareForms(string about, LoweringResult lowering, long[] lengths, WrittenModel.Feed feed)
    {
        OrtLibraryFinding finding = OrtLibrary.Find();
        Assert.SkipWhen(finding.Library is null, $"{finding}\nRun tools/get-onnxruntime first.");
        using StreamingModel native = StreamingModel.FromPlan(lowering.PlanOrThrow());
        CompareResident(finding.Library!, about, lowering, native, lengths, feed);
        foreach (StepModelOptions form in WrittenModel.Forms)
        {
            StepModelFile file = StepModelWriter.Write(lowering, form);
            string story = $"{about}, written for {form}";
            using (OrtProgram program = WrittenModel.Load(finding.Library!, file, story))
            {
                Assert.True(form.Streams is not null || program.IsBatched, $"{story}: {program.Description}");
                if (form.Streams == 2) CompareFixed(story, lowering, native, program, feed);
                else CompareExecutors(story, lowering, native, program, lengths, feed);
            }
            CompareReadBack(story, lowering, native, file, form, lengths, feed);
        }
    }

    /// <summary>States that stay on the device: here the processor, named as a provider, so that inputs are bound anew and states lie in memory of its allocator.</summary>
    private static void CompareResident(OrtLibrary library, string about, LoweringResult lowering, StreamingModel native, long[] lengths, WrittenModel.Feed feed)
    {
        StepPlan plan = lowering.Plan!;
        foreach (bool decompose in (bool[])[false, true])
        {
            ResidentModelFiles files = StepModelWriter.WriteResident(lowering, decompose);
            StepSignature signature = new(plan.Name, plan.Id, files.Step.Inputs, files.Step.Outputs, plan.Layout);
            OrtResidentModel model = new(files.Step.Bytes, files.Read, files.Write, signature, [.. files.Step.States.Select(static state => new OrtStatePair(state.Input, state.Output))], ResidentModelFiles.Slots, ResidentModelFiles.RowsSuffix);
            using OrtResidentProgram program = new(library, model, new OrtSessionOptions { Providers = [new OrtProvider("CPUExecutionProvider")] });
            CompareExecutors($"{about}, with resident states{(decompose ? ", decomposed" : "")}", lowering, native, program, lengths, feed);
        }
    }

    private static void CompareExecutors(string story, LoweringResult lowering, StreamingModel native, IExecutorFactory written, long[] lengths, WrittenModel.Feed feed)
    {
        using IStepExecutor one = native.CreateExecutor(lengths.Length, lengths.Length), other = written.CreateExecutor(lengths.Length, expectedStreams: 1);
        WrittenModel.Compare(story, lowering, one, other, lengths, feed);
    }

    /// <summary>A model for two streams is one lane of ONNX Runtime whose ports hold both, one after the other.</summary>
    private static void CompareFixed(string story, LoweringResult lowering, StreamingModel native, OrtProgram program, WrittenModel.Feed feed)
    {
        using IStepExecutor one = native.CreateExecutor(2, 2), pair = program.CreateExecutor(1, 1);
        int[] slots = [one.Rent(), one.Rent()];
        int[] both = [pair.Rent()];
        for (int step = 0; step < 12; step++)
        {
            for (int lane = 0; lane < 2; lane++)
            {
                feed(one, lane, lane, step, long.MaxValue);
                for (int port = 0; port < one.Signature.Inputs.Length; port++) one.Input(port, lane).CopyTo(pair.Input(port, 0)[(lane * one.Signature.Inputs[port].ByteCount)..]);
            }
            one.Step(slots);
            pair.Step(both);
            for (int lane = 0; lane < 2; lane++)
            {
                for (int port = 0; port < one.Signature.Outputs.Length; port++)
                {
                    if (lowering.Outputs[port] is { Axis: >= 0 } output && (long)step * output.FramesPerStep < output.Delay) continue;
                    StepPort shape = one.Signature.Outputs[port];
                    ReadOnlySpan<float> expected = MemoryMarshal.Cast<byte, float>(one.Output(port, lane)), found = MemoryMarshal.Cast<byte, float>(pair.Output(port, 0))[(lane * shape.ElementCount)..];
                    for (int element = 0; element < expected.Length; element++) Assert.True(MathF.Abs(expected[element] - found[element]) <= 1e-4f * MathF.Max(1, MathF.Abs(expected[element])) || expected[element].Equals(found[element]), $"{story}: step {step}, lane {lane}, {shape.Name}[{element}]: natively {expected[element]}, as written {found[element]}");
                }
            }
        }
    }

    /// <summary>SeqStream pairs the states of what it wrote without being told, and knows delays and lengths.</summary>
    private static void CompareReadBack(string story, LoweringResult lowering, StreamingModel native, StepModelFile file, StepModelOptions form, long[] lengths, WrittenModel.Feed feed)
    {
        LoweringResult read = OnnxLowering.Lower(OnnxModel.Parse(file.Bytes, "written"));
        Assert.True(read.Plan is not null, $"{story} was refused when read back: {string.Join("; ", read.Blockers)}");
        Assert.Equal(file.States.Select(static state => (state.Input, state.Output)).Order(), read.States.Select(static state => (state.Input, state.Output)).Order());
        Assert.Equal((lowering.FramesPerStep, lowering.ShortestStream), (read.FramesPerStep, read.ShortestStream));
        if (form.Streams == 2) return;
        Assert.Equal(lowering.Outputs.Select(static output => output with { Axis = 0 }), read.Outputs.Select(static output => output with { Axis = 0 }));
        NativeProgram again = NativeProgram.Bind(read.Plan!);
        CompareExecutors($"{story} and read back", lowering, native, again, lengths, feed);
    }

    private static WrittenModel.Feed Noise(int seed, int integers = 9) => (executor, lane, stream, step, length) =>
    {
        Random random = new(HashCode.Combine(seed, stream, step));
        for (int port = 0; port < executor.Signature.Inputs.Length; port++)
        {
            if (executor.Signature.Inputs[port].Type == ElementType.Float32) foreach (ref float value in MemoryMarshal.Cast<byte, float>(executor.Input(port, lane))) value = (random.NextSingle() * 2) - 1;
            else foreach (ref long value in MemoryMarshal.Cast<byte, long>(executor.Input(port, lane))) value = random.Next(integers);
        }
    };

    private static WrittenModel.Feed Tokens(int seed, int vocabulary) => (executor, lane, stream, step, length)
        => MemoryMarshal.Cast<byte, long>(executor.Input(0, lane)).Fill(new Random(HashCode.Combine(seed, stream, step)).Next(vocabulary));

    private static void ForRandomSeeds(Action<int> check) => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(Problems).WithQuietOnSuccess(true),
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), check));
}
