using System.Globalization;

namespace SeqStream.Mqtt.Protocol;

/// <summary>The broker sent something that breaks the protocol or a limit; the connection cannot go on.</summary>
internal sealed class ProtocolFaultException(PacketFault fault, PacketType packet, string? detail = null)
    : Exception(string.Create(CultureInfo.InvariantCulture, $"{packet.ToString().ToUpperInvariant()} from the broker: {fault.Describe()}{(detail is null ? "" : " (" + detail + ")")}"))
{
    public PacketFault Fault { get; } = fault;
}
