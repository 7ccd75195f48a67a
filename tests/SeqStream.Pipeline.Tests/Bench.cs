using System.Threading.Channels;
using SeqStream.Contracts;
using SeqStream.Pipeline.Shards;

namespace SeqStream.Pipeline.Tests;

/// <summary>A shard with its channels, turned by the test.</summary>
internal sealed class Bench : IDisposable
{
    private readonly Channel<Frame> _frames = Channel.CreateBounded<Frame>(4096);
    private readonly Channel<Emission> _emissions = Channel.CreateBounded<Emission>(1 << 16);
    private long _position;

    public Bench(StageFactory stages, EngineOptions options)
    {
        Shard = new Shard(stages, options, _frames.Reader, _emissions.Writer, Pools, Faults, CancellationToken.None);
    }

    public Shard Shard { get; }

    public RoutePools Pools { get; } = new(new PayloadPool(), new EmissionPool());

    public FaultList Faults { get; } = new();

    /// <summary>Writes a frame whose numbers are all the same.</summary>
    public void Write(int stream, float value, Frame like = default, int steps = 1)
    {
        FramePayload payload = Pools.Payloads.Rent();
        payload.BeginSegment(0, isInteger: false);
        for (int i = 0; i < TestStages.Width * steps; i++) payload.Add(value);
        like.Stream = new StreamId(stream);
        like.Payload = payload;
        like.Position = ++_position;
        Assert.True(_frames.Writer.TryWrite(like));
    }

    public void Control(int stream, FrameKind kind) => Assert.True(_frames.Writer.TryWrite(new Frame { Stream = new StreamId(stream), Kind = kind, Time = double.NaN, Position = ++_position }));

    public void TurnAll()
    {
        while (Shard.Turn())
        {
        }
    }

    public void Discard()
    {
        while (_emissions.Reader.TryRead(out Emission? emission)) Pools.Emissions.Return(emission);
    }

    /// <summary>What was said since the last call: stream, kind, step, and the first number or the reason.</summary>
    public List<string> Said()
    {
        List<string> said = [];
        while (_emissions.Reader.TryRead(out Emission? emission))
        {
            string what = emission.Kind == EmissionKind.End ? emission.Reason.ToString() : ((float)emission.Values(emission.Output(0))[0]).ToString();
            said.Add($"{emission.Stream.Index} {emission.Kind} {emission.Step} {what}");
            Pools.Emissions.Return(emission);
        }
        return said;
    }

    public void Dispose() => Shard.Dispose();

    internal sealed class FaultList : IFaultReporter
    {
        public List<RecordFault> Seen { get; } = [];

        public void Report(in RecordFault fault) => Seen.Add(fault);
    }
}
