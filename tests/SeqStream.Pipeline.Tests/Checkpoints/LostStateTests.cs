using System.Text;
using SeqStream.Contracts;
using SeqStream.Pipeline.Tests;
using SeqStream.State;

namespace SeqStream.Pipeline.Checkpoints;

/// <summary>Stored records that cannot be used: the stream that they were of begins anew where that is asked for.</summary>
public sealed class LostStateTests
{
    private const string Route = "r";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <summary>C3, C7: a record that cannot be used costs, where that is asked for, its own stream's memory only, and the loss is told.</summary>
    [Theory]
    [InlineData("weights")]
    [InlineData("damage")]
    [InlineData("front end")]
    public async Task Stream_whose_state_is_lost_begins_anew_where_asked_and_the_others_go_on(string what)
    {
        using StateDirectory directory = new();
        using SqliteCheckpointStore store = new(directory.Path);
        StageFactory stages = TestStages.Create();
        await RunAsync(stages, "a", "b");
        if (what == "damage") Damage(store, "a");
        StageFactory others = what switch
        {
            "weights" => TestStages.Create(field: "other"),
            "front end" => stages with { CreateFrontEnd = () => new RefusingFrontEnd(stages.CreateFrontEnd()) },
            _ => stages,
        };
        (List<(string Stream, EndReason Reason)> ends, Dictionary<string, long> first, long lost) = await RunAsync(others, "a", "b");

        string[] losers = what == "damage" ? ["a"] : ["a", "b"];
        Assert.Equal(losers.Select(static stream => (stream, EndReason.LostInRestart)), ends.Order());
        Assert.Equal(losers.Length, lost);
        Assert.Equal((0, what == "damage" ? 1 : 0), (first["a"], first["b"]));
        (ends, first, lost) = await RunAsync(what == "weights" ? others : stages, "a");
        Assert.Equal((0, 0L, 1L), (ends.Count, lost, first["a"]));

        async Task<(List<(string, EndReason)>, Dictionary<string, long>, long)> RunAsync(StageFactory of, params string[] streams)
        {
            List<(string, EndReason)> ended = [];
            Dictionary<string, long> firstSteps = [];
            await using StreamEngine engine = new(of, new EngineOptions { Durability = new DurabilityOptions(store, Route) { OnLostState = LostStatePolicy.BeginAnew } });
            Task reading = engine.DrainAsync(emission =>
            {
                if (emission.Kind == EmissionKind.End) ended.Add((engine.Streams.Name(emission.Stream), emission.Reason));
                else firstSteps.TryAdd(engine.Streams.Name(emission.Stream), emission.Step);
            });
            foreach (string stream in streams) await engine.WriteAsync(stream, [1, 2, 3]);   // the front end keeps the third
            engine.Frames.TryComplete();
            await engine.Completion.WaitAsync(s_patience, TestContext.Current.CancellationToken);
            await reading;
            return (ended, firstSteps, engine.Counters.LostInRestart);
        }
    }

    /// <summary>Turns a bit in the middle of a stream's record.</summary>
    private static void Damage(SqliteCheckpointStore store, string stream)
    {
        byte[] name = Encoding.UTF8.GetBytes(stream);
        StateWriter record = new(), damaged = new();
        Assert.True(store.TryRead(Route, name, record));
        byte[] bytes = [.. record.Written];
        bytes[bytes.Length / 2] ^= 4;
        damaged.Append(bytes);
        Checkpoint checkpoint = new() { Route = Route };
        checkpoint.Store(name, damaged, isBusy: false);
        store.Commit([checkpoint], []);
    }

    /// <summary>Takes back what was saved, and then says that it cannot be used.</summary>
    private sealed class RefusingFrontEnd(IFrontEnd inner) : WrappedFrontEnd(inner)
    {
        public override void Restore(ref StateReader reader)
        {
            base.Restore(ref reader);
            throw new StateSnapshotException("it was saved by another front end.");
        }
    }
}
