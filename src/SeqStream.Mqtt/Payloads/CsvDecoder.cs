using System.Globalization;
using SeqStream.Contracts;

namespace SeqStream.Mqtt.Payloads;

/// <summary>Rows of numbers divided by commas, semicolons or tabs; a line is a timestep. A message may hold several lines. There is no row of names.</summary>
public sealed class CsvDecoder : IPayloadDecoder
{
    /// <inheritdoc/>
    public string? Decode(ReadOnlySpan<byte> topic, ReadOnlySpan<byte> message, IRecordBuilder records)
    {
        ArgumentNullException.ThrowIfNull(records);
        if (records.Signature.Inputs.Length == 0) return $"model '{records.Signature.ModelName}' takes no numbers.";
        int rows = 0;
        foreach (Range range in System.MemoryExtensions.Split(message, (byte)'\n'))
        {
            ReadOnlySpan<byte> line = message[range].Trim(" \r"u8);
            if (line.IsEmpty) continue;
            if (AddRow(line, records) is { } problem) return problem;
            records.AddPayload();
            rows++;
        }
        return rows > 0 ? null : "the message is empty, expected a row of numbers such as 0.5,1.";
    }

    private static string? AddRow(ReadOnlySpan<byte> line, IRecordBuilder records)
    {
        StepSignature signature = records.Signature;
        int separator = line.IndexOfAny((byte)',', (byte)';', (byte)'\t');
        byte delimiter = separator < 0 ? (byte)',' : line[separator];
        int port = 0, inPort = 0, column = 0;
        PortNumbers.Begin(records.Payload, signature, 0);
        foreach (Range range in System.MemoryExtensions.Split(line, delimiter))
        {
            column++;
            if (inPort == signature.Inputs[port].ElementCount && port + 1 < signature.Inputs.Length)
            {
                PortNumbers.Begin(records.Payload, signature, ++port);
                inPort = 0;
            }
            inPort++;
            if (PortNumbers.Add(records.Payload, signature.Inputs[port], line[range].Trim(" "u8)) is { } problem) return string.Create(CultureInfo.InvariantCulture, $"column {column}: {problem}.");
        }
        return port + 1 == signature.Inputs.Length ? null : string.Create(CultureInfo.InvariantCulture, $"the row has {column} columns and fills {port + 1} of the {signature.Inputs.Length} inputs of model '{signature.ModelName}'. Send all numbers of a step in one row.");
    }
}
