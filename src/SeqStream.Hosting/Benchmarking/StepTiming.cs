namespace SeqStream.Hosting.Benchmarking;

/// <summary>What <see cref="StepTimer"/> found for one driver.</summary>
/// <param name="Name">The driver.</param>
/// <param name="MinNs">Least nanoseconds per iteration of any sample.</param>
/// <param name="MedianNs">Median over rounds of each round's median, nanoseconds per iteration.</param>
/// <param name="BytesAllocated">Managed bytes allocated by the measuring thread in all samples together.</param>
public sealed record StepTiming(string Name, double MinNs, double MedianNs, long BytesAllocated);
