using SeqStream.Contracts;

namespace SeqStream.Execution;

/// <summary>Emissions of one stream that wait to be taken, oldest first, with those that were given back for reuse. One thread at a time.</summary>
[HotPath]
internal sealed class EmissionQueue : IEmissionWriter
{
    private readonly Queue<Emission> _waiting = new();
    private readonly Stack<Emission> _free = new();
    private FrameNote? _source;

    /// <summary>How many wait.</summary>
    public int Count => _waiting.Count;

    /// <summary>Where a decoder writes what it says about a frame.</summary>
    /// <param name="source">What is known of the frame; null for nothing.</param>
    public EmissionQueue Of(FrameNote? source)
    {
        _source = source;
        return this;
    }

    public Emission Rent()
    {
        if (_free.TryPop(out Emission? emission)) return emission;
        emission = new Emission();
        emission.Clear();
        return emission;
    }

    public void Write(Emission emission)
    {
        if (_source is not null && emission.Kind != EmissionKind.End)
        {
            emission.AddEcho(_source.Echo);
            emission.HasNames = _source.HasNames;
        }
        _waiting.Enqueue(emission);
    }

    /// <summary>Takes the oldest; false if none waits.</summary>
    public bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Emission? emission) => _waiting.TryDequeue(out emission);

    /// <summary>Takes one back for reuse.</summary>
    public void Return(Emission emission)
    {
        ArgumentNullException.ThrowIfNull(emission);
        emission.Clear();
        _free.Push(emission);
    }

    /// <summary>Drops all that wait.</summary>
    public void Clear()
    {
        while (_waiting.TryDequeue(out Emission? emission)) Return(emission);
    }
}
