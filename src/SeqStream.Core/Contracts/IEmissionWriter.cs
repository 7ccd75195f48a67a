namespace SeqStream.Contracts;

/// <summary>Where a decoder puts what it says. The writer fills in the stream.</summary>
public interface IEmissionWriter
{
    /// <summary>An empty emission to fill.</summary>
    Emission Rent();

    /// <summary>Hands the emission on; the caller must not touch it any more.</summary>
    void Write(Emission emission);
}
