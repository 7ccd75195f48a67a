using System.Globalization;
using System.Text.Json;
using SeqStream.Contracts;

namespace SeqStream.Cli.Running;

/// <summary>Says on stderr which record was refused and why; under <c>--strict</c> it stops the route at the first one.</summary>
internal sealed class FaultPrinter(bool asJson, bool isStrict, StopSignal stop, DeadLetters? deadLetters = null) : IFaultReporter
{
    private readonly Lock _gate = new();
    private bool _isStopped;

    /// <summary>Refused records.</summary>
    public long Count { get; private set; }

    public void Report(in RecordFault fault)
    {
        lock (_gate)
        {
            if (_isStopped) return;
            Count++;
            Console.Error.WriteLine(asJson ? Json(fault) : string.Create(CultureInfo.InvariantCulture, $"seqstream: {fault.Source}:{fault.Position}: {fault.Problem}"));
            deadLetters?.Write(in fault);
            if (!isStrict) return;
            _isStopped = true;
        }
        stop.Stop();
    }

    private static string Json(RecordFault fault)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes))
        {
            json.WriteStartObject();
            json.WriteString("source", fault.Source);
            json.WriteNumber("line", fault.Position);
            json.WriteString("problem", fault.Problem);
            json.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }
}
