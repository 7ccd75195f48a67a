using System.Globalization;
using System.Security.Authentication;
using SeqStream.Mqtt.Protocol;

namespace SeqStream.Mqtt.Connection;

/// <summary>Says how a connection ended: one label and one sentence for every cause.</summary>
internal static class EndReport
{
    /// <summary>CONNACK with an error.</summary>
    public static ConnectionEnd Refused(string address, ConnAckPacket answer)
        => new(answer.Reason.Label(), $"MQTT broker {address} refused the connection: {Sentence(answer.Reason, answer.ReasonString, answer.ServerReference)}", RetryOf(answer.Reason), WasOpen: false);

    /// <summary>DISCONNECT from the broker.</summary>
    public static ConnectionEnd Closed(string address, DisconnectPacket goodbye)
        => new(goodbye.Reason.Label(), $"MQTT broker {address} closed the connection: {Sentence(goodbye.Reason, goodbye.ReasonString, goodbye.ServerReference)}", RetryOf(goodbye.Reason), WasOpen: true);

    /// <summary>The stream ended without a word.</summary>
    public static ConnectionEnd Ended(string address, bool wasOpen, bool isAgain)
    {
        string text = isAgain
            ? $"MQTT broker {address} closed the connection three times soon after it was opened. Another client may use the same client identifier: give each an identifier of its own. Otherwise look into the broker's log."
            : $"MQTT broker {address} closed the connection without giving a reason. Look into the broker's log.";
        return new ConnectionEnd(isAgain ? "closed-again" : "closed", text, isAgain ? Retry.AfterTakeover : Retry.Soon, wasOpen);
    }

    /// <summary>Anything that was thrown.</summary>
    public static ConnectionEnd Failed(string address, Exception cause, bool wasOpen, TimeSpan connectTimeout)
    {
        (string label, string text, Retry retry) = cause switch
        {
            ProtocolFaultException fault => (fault.Fault.Reason().Label(), $"MQTT broker {address} broke the protocol: {fault.Message}. The connection was closed. Compare the protocol versions of both sides.", Retry.Soon),
            HalfOpenException => ("half-open", $"MQTT broker {address} is silent: {cause.Message}. The connection was closed. Look for a stalled broker or network.", Retry.Soon),
            AuthenticationException => ("tls", $"MQTT broker {address}: {cause.Message}", Retry.Late),
            TimeoutException or OperationCanceledException => ("timeout", string.Create(CultureInfo.InvariantCulture, $"MQTT broker {address} did not answer within {connectTimeout.TotalSeconds:0.###} s. Check address, port and whether it expects TLS."), Retry.Soon),
            _ when wasOpen => ("network", $"The connection to MQTT broker {address} broke: {cause.Message.TrimEnd('.')}.", Retry.Soon),
            _ => ("network", $"MQTT broker {address} cannot be reached: {cause.Message}. Check address and port, and that the broker runs.", Retry.Soon),
        };
        return new ConnectionEnd(label, text, retry, wasOpen, cause);
    }

    private static string Sentence(ReasonCode reason, string? words, string? server)
        => reason.Describe() + (words is null ? "" : $" The broker says: '{words}'.") + (server is null ? "" : $" It names the server '{server}'.");

    private static Retry RetryOf(ReasonCode reason) => reason switch
    {
        ReasonCode.SessionTakenOver => Retry.AfterTakeover,
        _ when reason.IsPermanent() => Retry.Late,
        _ => Retry.Soon,
    };
}
