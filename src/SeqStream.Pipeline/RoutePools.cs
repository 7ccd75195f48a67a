using SeqStream.Contracts;

namespace SeqStream.Pipeline;

/// <summary>Buffers that travel along a route and come back.</summary>
/// <param name="Payloads">Between feed and front end.</param>
/// <param name="Emissions">Between decoder and sink.</param>
public sealed record RoutePools(PayloadPool Payloads, EmissionPool Emissions);
