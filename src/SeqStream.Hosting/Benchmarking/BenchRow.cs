namespace SeqStream.Hosting.Benchmarking;

/// <summary>What one size costs.</summary>
/// <param name="Name">The cell or model.</param>
/// <param name="Input">Numbers of a step's input.</param>
/// <param name="Hidden">Units of the cell; 0 for a model.</param>
/// <param name="Batch">Lanes of a step.</param>
/// <param name="Ns">Nanoseconds per lane and step, median of rounds.</param>
/// <param name="PeerNs">The peer's nanoseconds per lane and step at its own best batch up to this one; NaN without a peer.</param>
/// <param name="BytesAllocated">Managed bytes allocated during all timed steps.</param>
/// <param name="PeakFraction">Share of the core's measured multiply-add rate.</param>
/// <param name="StateBytes">Bytes of one stream's state row.</param>
public sealed record BenchRow(string Name, int Input, int Hidden, int Batch, double Ns, double PeerNs, long BytesAllocated, double PeakFraction, int StateBytes)
{
    /// <summary>The weights' form.</summary>
    public string Weights { get; init; } = "f32";

    /// <summary>Nanoseconds per lane and step with float32 weights, in the same rounds; NaN where they were not timed.</summary>
    public double Float32Ns { get; init; } = double.NaN;

    /// <summary>How many times faster than with float32 weights.</summary>
    public double Float32Ratio => Float32Ns / Ns;

    /// <summary>How many times faster than the peer.</summary>
    public double Ratio => PeerNs / Ns;
}
