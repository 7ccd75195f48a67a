using System.Threading.Channels;

namespace SeqStream.Contracts;

/// <summary>What a sink is given to work with.</summary>
/// <param name="Emissions">Where emissions come from; completes when the route ends.</param>
/// <param name="Streams">Ids to names.</param>
/// <param name="Pool">Where delivered emissions go back.</param>
public sealed record SinkContext(ChannelReader<Emission> Emissions, StreamDirectory Streams, EmissionPool Pool);
