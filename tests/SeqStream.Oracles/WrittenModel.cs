using System.Collections.Immutable;
using System.Runtime.InteropServices;
using SeqStream.Contracts;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Writing;
using SeqStream.Ort;
using SeqStream.Ort.Stepping;
using SeqStream.Plan;

namespace SeqStream.Oracles;

/// <summary>A written step model beside the plan it was written from: streams that begin and end at different times, stepped by ONNX Runtime and natively.</summary>
internal static class WrittenModel
{
    private const float Tolerance = 1e-4f;

    /// <summary>The forms in which each model is written.</summary>
    public static ImmutableArray<StepModelOptions> Forms =>
    [
        new(),
        new() { Decompose = true },
        new() { Streams = null },
        new() { Streams = 2, Decompose = true },
    ];

    /// <summary>Fills one lane's inputs for a step that begins at a source frame; frames from the stream's length on are to be of no consequence.</summary>
    public delegate void Feed(IStepExecutor executor, int lane, int stream, long step, long length);

    public static OrtProgram Load(OrtLibrary library, StepModelFile file, string name) => new(
        OrtSession.Load(library, file.Bytes, name),
        new OrtStepModel { States = [.. file.States.Select(static state => new OrtStatePair(state.Input, state.Output, state.Initial))] });

    /// <summary>Steps streams on both and compares every answer of every step.</summary>
    /// <param name="about">For messages.</param>
    /// <param name="lowering">The compiled model.</param>
    /// <param name="native">Runs its plan.</param>
    /// <param name="written">Runs what was written.</param>
    /// <param name="lengths">Source frames of each stream.</param>
    /// <param name="feed">Makes the inputs.</param>
    public static void Compare(string about, LoweringResult lowering, IStepExecutor native, IStepExecutor written, long[] lengths, Feed feed)
    {
        Stream[] streams = [.. lengths.Select((length, index) => new Stream(index, index * 2, length, lowering.Outputs.Length == 0 ? length : lowering.Outputs.Max(output => output.StepsFor(length)), native.Rent(), written.Rent()))];
        for (int turn = 0; streams.Any(static stream => stream.Step < stream.Steps); turn++)
        {
            Stream[] active = [.. streams.Where(stream => stream.Start <= turn && stream.Step < stream.Steps)];
            if (active.Length == 0) continue;
            foreach ((int lane, Stream stream) in active.Index())
            {
                long first = stream.Step * lowering.FramesPerStep;
                if (first <= stream.Length && first + lowering.FramesPerStep > stream.Length)
                {
                    StreamEnd.Announce(native, stream.NativeSlot, stream.Length);
                    StreamEnd.Announce(written, stream.WrittenSlot, stream.Length);
                }
                feed(native, lane, stream.Index, stream.Step, stream.Length);
                for (int port = 0; port < native.Signature.Inputs.Length; port++) native.Input(port, lane).CopyTo(written.Input(port, lane));
            }
            native.Step([.. active.Select(static stream => stream.NativeSlot)]);
            written.Step([.. active.Select(static stream => stream.WrittenSlot)]);
            foreach ((int lane, Stream stream) in active.Index())
            {
                for (int port = 0; port < native.Signature.Outputs.Length; port++) CompareLane($"{about}, stream {stream.Index}, step {stream.Step}, output {native.Signature.Outputs[port].Name}", lowering, native, written, port, lane, stream);
                stream.Step++;
            }
        }
    }

    /// <summary>Before an output's first frame and after its last anything may be answered.</summary>
    private static void CompareLane(string about, LoweringResult lowering, IStepExecutor native, IStepExecutor written, int port, int lane, Stream stream)
    {
        StepPort shape = native.Signature.Outputs[port];
        ReadOnlySpan<byte> expectedBytes = native.Output(port, lane), foundBytes = written.Output(port, lane);
        if (shape.Type != ElementType.Float32)
        {
            Assert.True(expectedBytes.SequenceEqual(foundBytes), about);
            return;
        }
        ReadOnlySpan<float> expected = MemoryMarshal.Cast<byte, float>(expectedBytes), found = MemoryMarshal.Cast<byte, float>(foundBytes);
        LoweredOutput? output = lowering.Outputs.FirstOrDefault(output => output.Name == shape.Name);
        int inner = output is { Axis: >= 0 } ? shape.Shape.ElementCountBetween(output.Axis + 1, shape.Shape.Rank) : 1;
        for (int element = 0; element < expected.Length; element++)
        {
            if (output is { Axis: >= 0 })
            {
                long frame = (stream.Step * output.FramesPerStep) + (element / inner % output.FramesPerStep) - output.Delay;
                if (frame < 0 || frame >= output.Length.Of(stream.Length)) continue;
            }
            bool isNear = MathF.Abs(expected[element] - found[element]) <= Tolerance * MathF.Max(1, MathF.Abs(expected[element])) || expected[element].Equals(found[element]);
            Assert.True(isNear, $"{about}, element {element}: natively {expected[element]}, as written {found[element]}\n{lowering.Plan}");
        }
    }

    private sealed class Stream(int index, int start, long length, long steps, int nativeSlot, int writtenSlot)
    {
        public int Index => index;

        public int Start => start;

        public long Length => length;

        public long Steps => steps;

        public int NativeSlot => nativeSlot;

        public int WrittenSlot => writtenSlot;

        public long Step { get; set; }
    }
}
