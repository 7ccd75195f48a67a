using System.Text;
using SeqStream.Mqtt.Client;
using SeqStream.Mqtt.Connection;
using SeqStream.Mqtt.Protocol;
using SeqStream.Mqtt.Session;
using SeqStream.TestSupport;

namespace SeqStream.Mqtt.Tests.Brokers;

/// <summary>Short forms for tests.</summary>
internal static class Clients
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static TcpTransport Plain(this Mosquitto broker) => new("127.0.0.1", broker.Port);

    public static async Task<MqttClient> ConnectAsync(this Mosquitto broker, MqttOptions? options = null, ISessionStore? store = null, IMqttObserver? observer = null)
    {
        MqttClient client = new(options ?? new MqttOptions(), broker.Plain(), store, observer);
        await client.ConnectAsync().WaitAsync(Patience);
        return client;
    }

    public static async Task<ReceivedMessage> TakeAsync(this MqttClient client) => await client.Messages.ReadAsync().AsTask().WaitAsync(Patience);

    public static string Text(this ReceivedMessage message) => Encoding.UTF8.GetString(message.Payload.Span);

    public static PublishMessage Message(string topic, string text, QualityOfService quality = QualityOfService.AtLeastOnce, bool retained = false)
        => new() { Topic = topic, Payload = Encoding.UTF8.GetBytes(text), Quality = quality, IsRetained = retained };

    public static Task UntilAsync(Func<bool> condition) => UntilAsync(condition, Patience);

    public static async Task UntilAsync(Func<bool> condition, TimeSpan patience)
    {
        long deadline = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        while (!condition())
        {
            Assert.True(Environment.TickCount64 < deadline, "The awaited condition did not come true.");
            await Task.Delay(2);
        }
    }
}
