using SeqStream.Contracts;

namespace SeqStream.Pipeline.Shards;

/// <summary>Takes what a decoder says and tells nobody.</summary>
internal sealed class SilentOutlet(EmissionPool pool) : IEmissionWriter
{
    public Emission Rent() => pool.Rent();

    public void Write(Emission emission) => pool.Return(emission);
}
