using System.Collections.Immutable;
using SeqStream.Contracts;
using SeqStream.Execution;
using SeqStream.Hosting.Catalog;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Ort;
using SeqStream.Ort.Stepping;

namespace SeqStream.Hosting.Verification;

/// <summary>Steps of a step model by the native executor, in batches, against ONNX Runtime, one stream at a time.</summary>
internal sealed class StepVerification(string path, OnnxModel model, LoweringResult lowering, InputRanges ranges, VerificationOptions options)
{
    private const int Steps = 40;

    public VerificationReport Run()
    {
        OrtLibrary library = OrtLibrary.Load(options.OrtLibraryPath);
        using OrtProgram program = OrtProgram.Load(library, path, OrtStepModels.Of(lowering));
        using IStepExecutor peer = program.CreateExecutor(1, options.Streams);
        using IStepExecutor native = NativeProgram.Bind(lowering.PlanOrThrow()).CreateExecutor(options.Streams, options.Streams);
        Comparison[] outputs = [.. native.Signature.Outputs.Select(output => new Comparison(output.Name, "", "", options))];
        Random random = new(options.Seed);
        long steps = 0;
        for (int round = 0; round < options.Rounds; round++) steps += RunRound(round, native, peer, outputs, random);
        VerificationReport report = new()
        {
            Reference = $"ONNX Runtime {library.Version}",
            Streams = options.Rounds * options.Streams,
            Frames = steps,
            Outputs = [.. outputs.Select(static output => output.Result)],
        };
        return report.IsEqual ? report : report with { Operators = OperatorComparison.Run(library, path, new WholeSequence(model, lowering, 1), ranges, options) };
    }

    private long RunRound(int round, IStepExecutor native, IStepExecutor peer, Comparison[] outputs, Random random)
    {
        int[] left = [.. Enumerable.Range(0, options.Streams).Select(_ => options.Length > 0 ? options.Length : random.Next(1, Steps + 1))];
        int[] slots = [.. left.Select(_ => native.Rent())], peers = [.. left.Select(_ => peer.Rent())], done = new int[left.Length];
        long steps = left.Sum();
        while (left.Any(static steps => steps > 0))
        {
            int[] ready = [.. Enumerable.Range(0, left.Length).Where(stream => left[stream] > 0).OrderBy(_ => random.Next())];
            int[] lanes = ready[..random.Next(1, ready.Length + 1)];
            ImmutableArray<OrtTensor>[] inputs = [.. lanes.Select(_ => Draw(native.Signature, random))];
            for (int lane = 0; lane < lanes.Length; lane++) Write(native, inputs[lane], lane);
            native.Step([.. lanes.Select(stream => slots[stream])]);
            for (int lane = 0; lane < lanes.Length; lane++)
            {
                Write(peer, inputs[lane], 0);
                peer.Step([peers[lanes[lane]]]);
                for (int port = 0; port < outputs.Length; port++) Compare(native, peer, port, lane, (round * left.Length) + lanes[lane], done[lanes[lane]], outputs[port]);
                done[lanes[lane]]++;
                left[lanes[lane]]--;
            }
        }
        foreach (int slot in slots) native.Return(slot);
        foreach (int slot in peers) peer.Return(slot);
        return steps;
    }

    private ImmutableArray<OrtTensor> Draw(StepSignature signature, Random random)
        => [.. signature.Inputs.Select(input => ranges.Draw(input.Name, input.Type, [.. input.Shape.Dimensions.Select(static size => (long)size)], random))];

    private static void Write(IStepExecutor executor, ImmutableArray<OrtTensor> inputs, int lane)
    {
        for (int port = 0; port < executor.Signature.Inputs.Length; port++)
        {
            string name = executor.Signature.Inputs[port].Name;
            inputs.First(input => input.Name == name).Bytes.CopyTo(executor.Input(port, lane));
        }
    }

    private static void Compare(IStepExecutor native, IStepExecutor peer, int port, int lane, int stream, int step, Comparison comparison)
    {
        StepPort output = native.Signature.Outputs[port];
        int other = 0;
        while (peer.Signature.Outputs[other].Name != output.Name) other++;
        ReadOnlySpan<byte> found = native.Output(port, lane), expected = peer.Output(other, 0);
        for (int element = 0; element < output.ElementCount; element++) comparison.Add(stream, step, Elements.At(output.Type, expected, element), Elements.At(output.Type, found, element), Elements.IsExact(output.Type));
    }
}
