using System.Globalization;

namespace SeqStream.Mqtt.Connection;

/// <summary>Nothing came from the broker although it was asked: the connection is dead without having ended.</summary>
internal sealed class HalfOpenException(TimeSpan keepAlive)
    : Exception(string.Create(CultureInfo.InvariantCulture, $"nothing was heard for one and a quarter of the keep-alive interval of {keepAlive.TotalSeconds:0.###} s"));
