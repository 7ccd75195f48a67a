using System.Globalization;
using Microsoft.Extensions.Logging;
using SeqStream.Mqtt.Client;

namespace SeqStream.Hosting.Supervision;

/// <summary>Follows one client of a broker: whether it is connected, and what the log should know.</summary>
internal sealed class BrokerWatch(string route, ILogger log, LogQuota quota, Action changed) : IMqttObserver
{
    private volatile bool _isConnected;

    public bool IsConnected => _isConnected;

    public void Observe(in MqttEvent occurrence)
    {
        if (quota.TryTake(out long leftOut)) Log(in occurrence);
        if (leftOut > 0) DaemonLog.BrokerEventsLeftOut(log, route, leftOut);
        bool isConnected = occurrence.Kind switch
        {
            MqttEventKind.Connected => true,
            MqttEventKind.Disconnected or MqttEventKind.ConnectFailed or MqttEventKind.SessionTakenOver => false,
            _ => _isConnected,
        };
        if (isConnected == _isConnected) return;
        _isConnected = isConnected;
        changed();
    }

    private void Log(in MqttEvent occurrence)
    {
        string text = occurrence.RetryAfter > TimeSpan.Zero
            ? string.Create(CultureInfo.InvariantCulture, $"{occurrence.Text} Trying again in {occurrence.RetryAfter.TotalSeconds:0.0} s.")
            : occurrence.Text;
        if (occurrence.Kind == MqttEventKind.Connected) DaemonLog.BrokerConnected(log, route, text, occurrence.Label);
        else DaemonLog.BrokerTrouble(log, route, text, occurrence.Label);
    }
}
