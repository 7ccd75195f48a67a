using System.Globalization;
using System.Text;
using SeqStream.Contracts;
using SeqStream.Mqtt.Payloads;

namespace SeqStream.Mqtt.Sparkplug;

/// <summary>
/// Sparkplug B payloads of topics <c>spBv1.0/GROUP/TYPE/NODE[/DEVICE]</c>: a birth certificate names metrics and aliases and begins a sequence with its values, a data message
/// changes some of them, and each gives a row of all chosen metrics' last values. A death certificate ends the sequence. Other types are ignored.
/// </summary>
/// <param name="metrics">The metrics that make a row, in order; empty for all numbers of the birth certificate but bdSeq and those whose names begin with <c>Node Control/</c>.</param>
/// <param name="maxDevices">Most nodes and devices that are remembered.</param>
public sealed class SparkplugDecoder(IReadOnlyList<string> metrics, int maxDevices = 100_000) : IPayloadDecoder
{
    private readonly Dictionary<string, SparkplugDevice> _devices = new(StringComparer.Ordinal);
    private readonly List<SparkplugMetric> _metrics = [];

    /// <inheritdoc/>
    public string? Decode(ReadOnlySpan<byte> topic, ReadOnlySpan<byte> message, IRecordBuilder records)
    {
        ArgumentNullException.ThrowIfNull(records);
        string[] levels = Encoding.UTF8.GetString(topic).Split('/');
        if (levels.Length is < 4 or > 5 || levels[0] != "spBv1.0") return "the topic is not spBv1.0/GROUP/TYPE/NODE or spBv1.0/GROUP/TYPE/NODE/DEVICE. Subscribe to Sparkplug topics only, or name the payload's format.";
        string device = string.Join('/', levels[1], levels[3], levels.Length == 5 ? levels[4] : "");
        switch (levels[2])
        {
            case "NBIRTH" or "DBIRTH": return TakeBirth(device, message, records);
            case "NDATA" or "DDATA": return TakeValues(device, message, records);
            case "NDEATH" or "DDEATH":
                _devices.Remove(device);
                records.AddControl(FrameKind.End);
                return null;
            default: return null;
        }
    }

    private string? TakeBirth(string name, ReadOnlySpan<byte> message, IRecordBuilder records)
    {
        if (!TryRead(message, out double time)) return Broken(message);
        if (_devices.Count >= maxDevices && !_devices.ContainsKey(name)) return string.Create(CultureInfo.InvariantCulture, $"more than {maxDevices} nodes and devices are known. Subscribe to fewer.");
        SparkplugDevice device = new();
        List<string> numbers = [];
        foreach (SparkplugMetric metric in _metrics)
        {
            if (metric.Name is null) return "a metric of a birth certificate has no name. Correct the sender: births name every metric.";
            if (metric.Alias is { } alias) device.Aliases[alias] = metric.Name;
            if (metric.Value is not { } value) continue;
            device.Values[metric.Name] = value;
            if (metric.Name != "bdSeq" && !metric.Name.StartsWith("Node Control/", StringComparison.Ordinal)) numbers.Add(metric.Name);
        }
        device.Row = metrics.Count > 0 ? metrics : numbers;
        _devices[name] = device;
        records.AddControl(FrameKind.Start, time);
        return AddRow(device, time, records, isBirth: true);
    }

    private string? TakeValues(string name, ReadOnlySpan<byte> message, IRecordBuilder records)
    {
        if (!_devices.TryGetValue(name, out SparkplugDevice? device)) return $"no birth certificate of '{name}' came before its values. Let it send one: command 'Node Control/Rebirth'.";
        if (!TryRead(message, out double time)) return Broken(message);
        foreach (SparkplugMetric metric in _metrics)
        {
            string? metricName = metric.Name ?? (metric.Alias is { } alias ? device.Aliases.GetValueOrDefault(alias) : null);
            if (metricName is null) return string.Create(CultureInfo.InvariantCulture, $"a metric has alias {metric.Alias}, which the birth certificate of '{name}' does not name. Let it send a new one: command 'Node Control/Rebirth'.");
            if (metric.IsNull && device.Row.Contains(metricName)) return $"metric '{metricName}' is null, expected a number. Leave it out or send its last value.";
            if (metric.Value is { } value) device.Values[metricName] = value;
        }
        return AddRow(device, time, records, isBirth: false);
    }

    private static string? AddRow(SparkplugDevice device, double time, IRecordBuilder records, bool isBirth)
    {
        StepSignature signature = records.Signature;
        if (signature.Inputs.Length != 1) return $"model '{signature.ModelName}' has {signature.Inputs.Length} inputs; Sparkplug rows fill one.";
        PortNumbers.Begin(records.Payload, signature, 0);
        foreach (string name in device.Row)
        {
            if (!device.Values.TryGetValue(name, out double value)) return isBirth ? Abandon(records) : $"metric '{name}' has no value yet. Check its name, or let the device send it.";
            if (PortNumbers.Add(records.Payload, signature.Inputs[0], value) is { } problem) return $"metric '{name}': {problem}.";
        }
        records.AddPayload(time);
        return null;
    }

    /// <summary>A birth certificate without all chosen values begins the sequence and gives no row yet.</summary>
    private static string? Abandon(IRecordBuilder records)
    {
        records.Payload.Clear();
        return null;
    }

    /// <summary>Reads a payload's metrics; the time is in seconds, NaN if it has none.</summary>
    private bool TryRead(ReadOnlySpan<byte> message, out double time)
    {
        time = double.NaN;
        _metrics.Clear();
        ProtobufReader reader = new(message);
        while (reader.MoveNext())
        {
            if (reader.Field == 1) time = reader.Number / 1000.0;
            if (reader.Field != 2) continue;
            if (!SparkplugMetric.TryDecode(reader.Bytes, out SparkplugMetric metric)) return false;
            _metrics.Add(metric);
        }
        return !reader.IsBroken;
    }

    private static string Broken(ReadOnlySpan<byte> message)
        => string.Create(CultureInfo.InvariantCulture, $"the {message.Length} bytes are no Sparkplug B payload. Check that the sender writes Protocol Buffers, not JSON.");
}
