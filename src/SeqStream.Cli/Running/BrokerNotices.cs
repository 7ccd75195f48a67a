using System.Globalization;
using SeqStream.Cli.Output;
using SeqStream.Mqtt.Client;

namespace SeqStream.Cli.Running;

/// <summary>Says on stderr what happens to a connection with a broker. The first connection is no news; that it did not come about is told by the failure.</summary>
internal sealed class BrokerNotices(Notices notices) : IMqttObserver
{
    private int _connections;

    public void Observe(in MqttEvent occurrence)
    {
        if (occurrence.Kind == MqttEventKind.Connected && Interlocked.Increment(ref _connections) == 1) return;
        if (occurrence.Kind == MqttEventKind.ConnectFailed && _connections == 0 && occurrence.RetryAfter == TimeSpan.Zero) return;
        notices.Write(occurrence.RetryAfter > TimeSpan.Zero
            ? string.Create(CultureInfo.InvariantCulture, $"{occurrence.Text} Trying again in {occurrence.RetryAfter.TotalSeconds:0.0} s.")
            : occurrence.Text);
    }
}
