using System.Buffers;
using System.Text;
using System.Text.Json;
using SeqStream.Contracts;
using SeqStream.Mqtt.Client;

namespace SeqStream.Mqtt.Routing;

/// <summary>
/// Announces streams to Home Assistant as sensors of one device: <c>PREFIX/device/ID/config</c>, kept by the broker. Streams appear as they emit.
/// </summary>
internal sealed class HomeAssistantDiscovery(MqttSinkOptions options, string prefix, bool isStructured)
{
    private readonly Dictionary<int, Sensor> _sensors = [];
    private readonly string _device = Identifier(options.Node is null ? options.Route : $"{options.Node}-{options.Route}");

    /// <summary>Where Home Assistant says that it has started and wants to hear of everything again.</summary>
    public string StatusTopic => $"{prefix}/status";

    /// <summary>Notes a stream; true if it is new and the announcement must be published.</summary>
    public bool TryAdd(Emission emission, string name, string topic)
    {
        if (_sensors.Count >= options.MaxDiscovered || emission.Kind == EmissionKind.End || _sensors.ContainsKey(emission.Stream.Index)) return false;
        string template = emission.Label is not null ? "{{ value_json.label }}" : emission.Kind == EmissionKind.Text ? "{{ value_json.text }}" : "{{ value_json.y[0] }}";
        string path = isStructured ? template.Replace("value_json.", "value_json.data.", StringComparison.Ordinal) : template;
        _sensors.Add(emission.Stream.Index, new Sensor(name.Length > 0 ? name : options.Route, topic, path));
        return true;
    }

    /// <summary>The announcement of all streams so far.</summary>
    public PublishMessage Announce()
    {
        ArrayBufferWriter<byte> bytes = new();
        using (Utf8JsonWriter json = new(bytes)) Write(json);
        return new PublishMessage { Topic = $"{prefix}/device/{_device}/config", Payload = bytes.WrittenMemory, IsRetained = true };
    }

    /// <summary>A text with what an identifier may hold: letters, digits, <c>_</c> and <c>-</c>.</summary>
    internal static string Identifier(string text)
    {
        StringBuilder identifier = new(text.Length);
        foreach (char letter in text) identifier.Append(char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' ? letter : '_');
        return identifier.ToString();
    }

    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartObject("dev");
        json.WriteString("ids", _device);
        json.WriteString("name", options.Route);
        json.WriteString("mf", "SeqStream");
        json.WriteEndObject();
        json.WriteStartObject("o");
        json.WriteString("name", "SeqStream");
        json.WriteEndObject();
        if (options.StatusTopic is { } status) json.WriteString("avty_t", status);
        json.WriteNumber("qos", (int)options.Quality);
        json.WriteStartObject("cmps");
        foreach (Sensor sensor in _sensors.Values) WriteSensor(json, sensor);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void WriteSensor(Utf8JsonWriter json, Sensor sensor)
    {
        string id = $"{_device}_{Identifier(sensor.Name)}_{StableHash.Of(Encoding.UTF8.GetBytes(sensor.Name)):x8}";
        json.WriteStartObject(id);
        json.WriteString("p", "sensor");
        json.WriteString("unique_id", id);
        json.WriteString("name", sensor.Name);
        json.WriteString("state_topic", sensor.Topic);
        json.WriteString("value_template", sensor.Template);
        json.WriteEndObject();
    }

    private sealed record Sensor(string Name, string Topic, string Template);
}
