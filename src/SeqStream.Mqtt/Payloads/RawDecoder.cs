using System.Buffers.Binary;
using System.Globalization;
using SeqStream.Contracts;

namespace SeqStream.Mqtt.Payloads;

/// <summary>
/// Raw little-endian numbers without framing. A model with fixed inputs takes a row for each step, and a message may hold several; a front end that takes any number gets the message as one record.
/// </summary>
/// <param name="number">How a number is written.</param>
/// <param name="rowNumbers">Numbers of one row; 0 (the default) for the sum of the model's inputs.</param>
public sealed class RawDecoder(RawNumber number, int rowNumbers = 0) : IPayloadDecoder
{
    /// <inheritdoc/>
    public string? Decode(ReadOnlySpan<byte> topic, ReadOnlySpan<byte> message, IRecordBuilder records)
    {
        ArgumentNullException.ThrowIfNull(records);
        int size = number == RawNumber.Float32 ? sizeof(float) : sizeof(short);
        int row = rowNumbers > 0 ? rowNumbers : RowOf(records.Signature);
        if (row == 0) return $"model '{records.Signature.ModelName}' takes no numbers.";
        if (message.IsEmpty || message.Length % (row * size) != 0)
            return string.Create(CultureInfo.InvariantCulture, $"the message has {message.Length} bytes, expected a multiple of {row * size}: rows of {row} numbers of {size} bytes.");
        for (; !message.IsEmpty; message = message[(row * size)..])
        {
            string? problem = AddRow(message[..(row * size)], size, records);
            if (problem is not null) return problem;
            records.AddPayload();
        }
        return null;
    }

    private static int RowOf(StepSignature signature)
    {
        int sum = 0;
        foreach (StepPort port in signature.Inputs) sum += port.ElementCount;
        return sum;
    }

    [HotPath]
    private string? AddRow(ReadOnlySpan<byte> row, int size, IRecordBuilder records)
    {
        StepSignature signature = records.Signature;
        FramePayload payload = records.Payload;
        bool isOnePort = signature.Inputs.Length == 1;
        for (int port = 0; port < signature.Inputs.Length; port++)
        {
            PortNumbers.Begin(payload, signature, port);
            int count = isOnePort ? row.Length / size : signature.Inputs[port].ElementCount;
            for (int i = 0; i < count; i++, row = row[size..])
            {
                double value = number == RawNumber.Float32 ? BinaryPrimitives.ReadSingleLittleEndian(row) : BinaryPrimitives.ReadInt16LittleEndian(row) / 32768.0;
                if (PortNumbers.Add(payload, signature.Inputs[port], value) is { } problem) return string.Create(CultureInfo.InvariantCulture, $"input {signature.Inputs[port].Name}, number {i + 1}: {problem}.");
            }
        }
        return null;
    }
}
