namespace SeqStream.Mqtt.Client;

/// <summary>A client could not connect. The message says which broker, what happened and what to do.</summary>
public sealed class MqttConnectException : IOException
{
    /// <summary>Creates an exception without a message.</summary>
    public MqttConnectException()
    {
    }

    /// <summary>Creates the exception.</summary>
    public MqttConnectException(string message) : base(message)
    {
    }

    /// <summary>Creates the exception with its cause.</summary>
    public MqttConnectException(string message, Exception? innerException) : base(message, innerException)
    {
    }

    /// <summary>The cause as a label for counters: <c>not-authorized</c>, <c>network</c>, <c>tls</c>, <c>timeout</c>.</summary>
    public string Label { get; init; } = "";
}
