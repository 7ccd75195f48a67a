using System.Globalization;
using System.Text;
using System.Threading.Channels;
using SeqStream.Contracts;
using SeqStream.Decoding;
using SeqStream.Execution;
using SeqStream.FrontEnds;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Pipeline;
using SeqStream.Pipeline.Shards;
using SeqStream.Plan;
using SeqStream.TestSupport;

namespace SeqStream.Oracles;

/// <summary>Runs alone, because it measures the process's memory.</summary>
[Collection(nameof(Alone))]
public sealed class MillionStreamsTests(ITestOutputHelper output)
{
    private const int Streams = 1_000_000, Input = 8, Hidden = 64, BytesAllowed = 320;

    [Fact]
    public void A_million_GRU_streams_are_stepped_in_one_sweep_within_320_bytes_each()
    {
        NativeProgram program = NativeProgram.Bind(OnnxLowering.Lower(OnnxModel.Parse(Gru(), "gru")).PlanOrThrow());
        StepSignature signature = program.Signature;
        StageFactory stages = new(program, FrontEndCatalog.Create("vector", default, signature), DecoderCatalog.Create("vector", default, [], signature));
        Channel<Frame> frames = Channel.CreateBounded<Frame>(1024);
        Channel<Emission> emissions = Channel.CreateBounded<Emission>(1024);
        RoutePools pools = new(new PayloadPool(), new EmissionPool());
        StreamDirectory directory = new();
        using Shard shard = new(stages, new EngineOptions { ExpectedStreams = Streams }, frames.Reader, emissions.Writer, pools, new Faults(), CancellationToken.None);
        Sweep(shard, directory, frames.Writer, emissions.Reader, pools, 0, 2000);
        long before = ResidentBytes();
        Sweep(shard, directory, frames.Writer, emissions.Reader, pools, 2000, Streams + 2000);
        double bytesPerStream = (ResidentBytes() - before) / (double)Streams;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{shard.LiveStreams} streams, {bytesPerStream:f1} bytes each, {shard.Counters.Steps} steps in {shard.Counters.Batches} batches"));
        Assert.Equal(Streams + 2000, shard.LiveStreams);
        Assert.Equal(Streams + 2000, shard.Counters.Steps);
        Assert.InRange(bytesPerStream, signature.Layout.RowBytes, BytesAllowed);
    }

    private static void Sweep(Shard shard, StreamDirectory directory, ChannelWriter<Frame> frames, ChannelReader<Emission> emissions, RoutePools pools, int from, int to)
    {
        byte[] name = new byte[16];
        float[] features = new float[Input];
        for (int stream = from; stream < to;)
        {
            for (int i = 0; i < 512 && stream < to; i++, stream++)
            {
                Encoding.UTF8.TryGetBytes("s", name, out int start);
                stream.TryFormat(name.AsSpan(start), out int digits, provider: CultureInfo.InvariantCulture);
                FramePayload payload = pools.Payloads.Rent();
                payload.BeginSegment(0, isInteger: false);
                features.AsSpan().Fill(stream % 97 / 97f);
                payload.Add(features);
                Assert.True(frames.TryWrite(new Frame { Stream = directory.Intern(name.AsSpan(0, start + digits)), Kind = FrameKind.Data, Payload = payload }));
            }
            while (shard.Turn())
            {
                while (emissions.TryRead(out Emission? emission)) pools.Emissions.Return(emission);
            }
        }
    }

    /// <summary>Bytes of the process in memory once garbage is gone.</summary>
    private static long ResidentBytes()
    {
        for (int i = 0; i < 3; i++)
        {
            GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }
        return Environment.WorkingSet;
    }

    private static byte[] Gru()
    {
        Random random = new(1);
        float[] Noise(int count) => [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() - 0.5f) / 4)];
        OnnxModelWriter model = new();
        model.Graph.Input("x", ElementType.Float32, "time", 1, Input)
            .Initializer("w", [1, 3 * Hidden, Input], Noise(3 * Hidden * Input))
            .Initializer("r", [1, 3 * Hidden, Hidden], Noise(3 * Hidden * Hidden))
            .Initializer("b", [1, 6 * Hidden], Noise(6 * Hidden))
            .Node("GRU", ["x", "w", "r", "b"], ["y"], ("hidden_size", Hidden), ("linear_before_reset", 1))
            .Output("y");
        return model.ToBytes();
    }

    private sealed class Faults : IFaultReporter
    {
        public void Report(in RecordFault fault) => Assert.Fail(fault.Problem);
    }
}

/// <summary>Tests that no other test may run beside.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
