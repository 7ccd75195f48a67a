using System.Diagnostics;
using SeqStream.Contracts;
using SeqStream.Execution;
using SeqStream.Pipeline.Checkpoints;
using SeqStream.State;
using SeqStream.TestSupport;

namespace SeqStream.Pipeline.Tests;

/// <summary>Streams that come and go, as sessions do: what one leaves serves the next, fresh, so that memory does not grow with every stream that ever was.</summary>
public sealed class ChurnTests
{
    private const int Streams = 500;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private int _frontEnds;
    private int _decoders;

    [Theory]
    [InlineData(FrameKind.End)]
    [InlineData(FrameKind.Reset)]
    public void Front_end_and_decoder_of_an_ended_stream_serve_others(FrameKind kind)
    {
        using Bench bench = new(Stages(), new EngineOptions());
        for (int stream = 0; stream < Streams; stream++)
        {
            Assert.Equal(Sums(stream), Told(bench, stream));
            bench.Control(stream, kind);
            bench.TurnAll();
            bench.Discard();
        }
        Assert.Equal(0, bench.Shard.LiveStreams);
        Assert.Equal((1, 1), (_frontEnds, _decoders));
    }

    [Fact]
    public void Front_end_and_decoder_of_an_evicted_stream_serve_others()
    {
        const int Room = 3;
        using Bench bench = new(Stages(), new EngineOptions { MostStreams = Room });
        for (int stream = 0; stream < Streams; stream++)
        {
            Assert.Equal(Sums(stream), Told(bench, stream).Where(line => line.StartsWith($"{stream} Outputs", StringComparison.Ordinal)));
        }
        Assert.Equal(Room, bench.Shard.LiveStreams);
        Assert.InRange(_frontEnds, Room, Room + 1);
        Assert.InRange(_decoders, Room, Room + 1);
    }

    [Fact]
    public async Task Front_end_and_decoder_of_a_sleeping_stream_serve_others()
    {
        const int Sleepers = 50;
        using StateDirectory directory = new();
        using SqliteCheckpointStore store = new(directory.Path);
        await using StreamEngine engine = new(Stages(), new EngineOptions { Durability = new DurabilityOptions(store, "r") { Interval = TimeSpan.FromMilliseconds(1), HibernateAfter = TimeSpan.FromTicks(1) } });
        Task reading = engine.DrainAsync();
        for (int stream = 0; stream < Sleepers; stream++)
        {
            await engine.WriteAsync($"s{stream}", [1, 1]);
            for (Stopwatch watch = Stopwatch.StartNew(); engine.Counters.Sleeps <= stream && watch.Elapsed < s_patience;) await Task.Delay(1, TestContext.Current.CancellationToken);
        }
        engine.Frames.Complete();
        await reading.WaitAsync(s_patience, TestContext.Current.CancellationToken);
        Assert.Equal(Sleepers, engine.Counters.Sleeps);
        Assert.Equal((1, 1), (_frontEnds, _decoders));
    }

    [Fact]
    public void Streams_at_once_do_not_share_what_they_remember()
    {
        using Bench bench = new(Stages(), new EngineOptions());
        for (int round = 0; round < 3; round++)
        {
            for (int stream = 0; stream < 20; stream++) Assert.Equal(Sums(stream), Told(bench, stream));
            Assert.Equal((20, 20), (_frontEnds, _decoders));
            for (int stream = 0; stream < 20; stream++) bench.Control(stream, FrameKind.End);
            bench.TurnAll();
            bench.Discard();
        }
    }

    /// <summary>What a front end that adds up all it was fed makes of two frames.</summary>
    private static string[] Sums(int stream) => [$"{stream} Outputs 0 {stream + 1}", $"{stream} Outputs 1 {((stream + 1) / 2f) + (2 * (stream + 1))}"];

    private static List<string> Told(Bench bench, int stream)
    {
        for (int i = 0; i < 2; i++)
        {
            bench.Write(stream, stream + 1);
            bench.TurnAll();
        }
        return bench.Said();
    }

    private StageFactory Stages()
    {
        StageFactory plain = TestStages.Create();
        return plain with
        {
            CreateFrontEnd = () =>
            {
                _frontEnds++;
                return new Adder();
            },
            CreateDecoder = () =>
            {
                _decoders++;
                return new Remembering(plain.CreateDecoder());
            },
        };
    }

    /// <summary>Each step's inputs are the sum of all frames so far. Never idle, as front ends with running means are not.</summary>
    private sealed class Adder : IFrontEnd
    {
        private float _sum;
        private bool _isReady;

        public FrameVerdict Accept(FramePayload payload, double time)
        {
            _sum += payload.Values(payload.Segment(0))[0];
            _isReady = true;
            return FrameVerdict.Accepted;
        }

        public bool TryNext(StepInputs inputs, ref StepNote note)
        {
            if (!_isReady) return false;
            inputs.Floats(0).Fill(_sum);
            _isReady = false;
            return true;
        }

        public void End()
        {
        }

        public void Reset() => (_sum, _isReady) = (0, false);

        public void Save(StateWriter writer) => writer.Write((double)_sum);

        public void Restore(ref StateReader reader) => _sum = (float)reader.ReadDouble();
    }

    /// <summary>A decoder that never says that it is idle.</summary>
    private sealed class Remembering(IDecoder inner) : IDecoder
    {
        public void Accept(in StepResult result, IEmissionWriter emissions) => inner.Accept(in result, emissions);

        public void End(IEmissionWriter emissions) => inner.End(emissions);

        public void Reset() => inner.Reset();

        public void Save(StateWriter writer) => inner.Save(writer);

        public void Restore(ref StateReader reader) => inner.Restore(ref reader);
    }
}
