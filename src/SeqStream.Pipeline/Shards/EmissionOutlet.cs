using System.Threading.Channels;
using SeqStream.Contracts;
using SeqStream.Execution;

namespace SeqStream.Pipeline.Shards;

/// <summary>Where the decoders of a shard put emissions: completes them with the stream and what their frame passes through, and hands them to the channel, waiting while it is full.</summary>
[HotPath]
internal sealed class EmissionOutlet(ChannelWriter<Emission> emissions, EmissionPool pool, CancellationToken cancellation) : IEmissionWriter
{
    public StreamId Stream;
    public FrameNote? Source;
    public long Written;
    public volatile bool IsWaiting;

    public Emission Rent() => pool.Rent();

    public void Write(Emission emission)
    {
        emission.Stream = Stream;
        if (Source is not null && emission.Kind != EmissionKind.End)
        {
            emission.AddEcho(Source.Echo);
            emission.HasNames = Source.HasNames;
        }
        Written++;
        if (!emissions.TryWrite(emission)) WaitAndWrite(emission);
    }

    /// <summary>Hands on what belongs to no stream.</summary>
    public void Pass(Emission emission)
    {
        if (!emissions.TryWrite(emission)) WaitAndWrite(emission);
    }

    private void WaitAndWrite(Emission emission)
    {
        IsWaiting = true;
        emissions.WriteAsync(emission, cancellation).AsTask().GetAwaiter().GetResult();
        IsWaiting = false;
    }
}
