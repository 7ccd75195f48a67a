using System.Threading.Channels;

namespace SeqStream.Contracts;

/// <summary>Emissions waiting for reuse. Any thread may rent and return. What exceeds the capacity is left to the garbage collector.</summary>
public sealed class EmissionPool
{
    private readonly Channel<Emission> _free;

    /// <summary>Creates an empty pool that keeps at most <paramref name="capacity"/> emissions.</summary>
    public EmissionPool(int capacity = 1024) => _free = Channel.CreateBounded<Emission>(capacity);

    /// <summary>An empty emission.</summary>
    public Emission Rent()
    {
        if (_free.Reader.TryRead(out Emission? emission)) return emission;
        emission = new Emission();
        emission.Clear();
        return emission;
    }

    /// <summary>Takes an emission back; the caller must not touch it any more.</summary>
    public void Return(Emission emission)
    {
        ArgumentNullException.ThrowIfNull(emission);
        emission.Clear();
        _free.Writer.TryWrite(emission);
    }
}
