using SeqStream.Contracts;
using SeqStream.State;
using SeqStream.TestSupport;

namespace SeqStream.Pipeline.Tests;

/// <summary>What follows from a decoder's choice comes before the stream's next frame, in batches with other streams.</summary>
public sealed class FeedbackTests
{
    private const float FedBack = 10;

    [Fact]
    public void Steps_that_follow_from_an_answer_come_before_the_next_frame()
    {
        using Bench bench = new(Stages(2), new EngineOptions { MaxBatch = 1 });
        bench.Write(0, 1);
        bench.Write(0, 2);
        bench.TurnAll();
        Assert.Equal(["0 Outputs 0 1", "0 Outputs 1 10.5", "0 Outputs 2 15.25", "0 Outputs 3 9.625", "0 Outputs 4 14.8125", "0 Outputs 5 17.40625"], bench.Said());
    }

    [Fact]
    public void Streams_that_write_and_streams_that_read_share_a_batch()
    {
        using Bench bench = new(Stages(2), new EngineOptions { MaxBatch = 4 });
        for (int stream = 0; stream < 4; stream++) bench.Write(stream, stream);
        bench.Shard.Turn();
        bench.Write(0, 1);
        bench.TurnAll();
        Assert.Equal(15, bench.Shard.Counters.Steps);
        Assert.Equal(6, bench.Shard.Counters.Batches);
    }

    [Fact]
    public void The_end_of_a_stream_waits_for_them()
    {
        using Bench bench = new(Stages(2), new EngineOptions());
        bench.Write(0, 1);
        bench.Control(0, FrameKind.End);
        bench.TurnAll();
        Assert.Equal(["0 Outputs 0 1", "0 Outputs 1 10.5", "0 Outputs 2 15.25", "0 End 3 Ended"], bench.Said());
    }

    [Fact]
    public void A_reset_forgets_them()
    {
        using Bench bench = new(Stages(2), new EngineOptions { MaxBatch = 1 });
        bench.Write(0, 1);
        bench.TurnAll();
        bench.Said();
        bench.Control(0, FrameKind.Reset);
        bench.Write(0, 4);
        bench.TurnAll();
        Assert.Equal("0 Outputs 0 4", bench.Said()[0]);
    }

    [Fact]
    public void Turns_allocate_nothing_after_warm_up()
    {
        using Bench bench = new(Stages(3), new EngineOptions { MaxBatch = 4 });
        long allocated = -1;
        for (int round = 0; round < 40; round++)
        {
            for (int stream = 0; stream < 6; stream++) bench.Write(stream, 1);
            if (Allocation.TryOf(bench.TurnAll, out long bytes)) allocated = bytes;
            bench.Discard();
        }
        Assert.Equal(0, allocated);
    }

    private static StageFactory Stages(int following)
    {
        StageFactory plain = TestStages.Create();
        return plain with { CreateDecoder = () => new Decoder(plain.CreateDecoder(), following) };
    }

    /// <summary>Asks for some steps behind each step of the front end.</summary>
    private sealed class Decoder(IDecoder inner, int following) : IFeedbackDecoder
    {
        private int _left;
        private bool _isFedBack;

        public void Accept(in StepResult result, IEmissionWriter emissions)
        {
            inner.Accept(result, emissions);
            if (_isFedBack) _left--;
            else _left = following;
            _isFedBack = false;
        }

        public bool TryNext(StepInputs inputs, ref StepNote note)
        {
            if (_left == 0) return false;
            inputs.Floats(0).Fill(FedBack);
            return _isFedBack = true;
        }

        public void End(IEmissionWriter emissions)
        {
        }

        public void Reset() => (_left, _isFedBack) = (0, false);

        public void Save(StateWriter writer) => writer.Write(_left);

        public void Restore(ref StateReader reader) => _left = reader.ReadInt();
    }
}
