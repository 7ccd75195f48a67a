using System.Buffers.Binary;

namespace SeqStream.Mqtt.Tests.Brokers;

/// <summary>
/// A broker for one client with a session that lasts, written from the protocol's text and independent of the client's own code: sends a list of numbers with QoS 1 or 2,
/// sends again with DUP what was not acknowledged, and notes the numbers that the client publishes.
/// </summary>
internal sealed class SessionBroker(bool isV5, int quality, int toSend, int window = 20)
{
    private readonly Lock _gate = new();
    private readonly List<Outgoing> _outgoing = [];
    private readonly HashSet<int> _unreleased = [];
    private MemoryLink? _current;
    private bool _hasSession;
    private int _sent;

    /// <summary>Numbers published by the client, in order of arrival.</summary>
    public List<int> Published { get; } = [];

    /// <summary>True when everything sent is acknowledged to the end.</summary>
    public bool IsDone
    {
        get { lock (_gate) return _sent == toSend && _outgoing.Count == 0; }
    }

    public int PublishedCount
    {
        get { lock (_gate) return Published.Count; }
    }

    public async void Serve(MemoryLink link)
    {
        try
        {
            byte[] header = new byte[5];
            while (true)
            {
                int length = 0;
                await link.Broker.ReadExactlyAsync(header.AsMemory(0, 1));
                for (int i = 0; ; i++)
                {
                    await link.Broker.ReadExactlyAsync(header.AsMemory(1, 1));
                    length |= (header[1] & 0x7F) << (7 * i);
                    if ((header[1] & 0x80) == 0) break;
                }
                byte[] body = new byte[length];
                await link.Broker.ReadExactlyAsync(body);
                byte[] answer;
                lock (_gate)
                {
                    if (header[0] >> 4 == 1) _current = link;
                    if (link != _current) throw new EndOfStreamException();   // a newer connection took the session over: what is left in this one counts no more
                    answer = Answer(header[0], body);
                }
                if (answer.Length > 0) await link.Broker.WriteAsync(answer);
            }
        }
        catch (Exception problem) when (problem is IOException or EndOfStreamException)
        {
            link.Broker.Dispose();
        }
    }

    private byte[] Answer(byte first, byte[] body)
    {
        List<byte> output = [];
        int id = body.Length >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(body) : 0;
        switch (first >> 4)
        {
            case 1:
                output.AddRange(isV5 ? [0x20, 3, (byte)(_hasSession ? 1 : 0), 0, 0] : [0x20, 2, (byte)(_hasSession ? 1 : 0), 0]);
                _hasSession = true;
                foreach (Outgoing message in _outgoing)
                {
                    if (message.IsReleased) output.AddRange([0x62, 2, (byte)(message.Id >> 8), (byte)message.Id]);
                    else Publish(output, message, isDuplicate: true);
                }
                break;
            case 3: Receive(output, first, body); break;
            case 4: _outgoing.RemoveAll(message => message.Id == id); break;
            case 5:
                foreach (Outgoing message in _outgoing.Where(message => message.Id == id)) message.IsReleased = true;
                output.AddRange([0x62, 2, body[0], body[1]]);
                break;
            case 6:
                _unreleased.Remove(id);
                output.AddRange([0x70, 2, body[0], body[1]]);
                break;
            case 7: _outgoing.RemoveAll(message => message.Id == id); break;
            case 8: output.AddRange(isV5 ? [0x90, 4, body[0], body[1], 0, 1] : [0x90, 3, body[0], body[1], 1]); break;
            case 12: output.AddRange([0xD0, 0]); break;
            default: break;
        }
        while (_sent < toSend && _outgoing.Count < window)
        {
            Outgoing message = new() { Id = (_sent % 65535) + 1, Number = _sent };
            _sent++;
            _outgoing.Add(message);
            Publish(output, message, isDuplicate: false);
        }
        return [.. output];
    }

    private void Publish(List<byte> output, Outgoing message, bool isDuplicate)
    {
        byte[] rest = [0, 1, (byte)'t', (byte)(message.Id >> 8), (byte)message.Id, .. isV5 ? new byte[] { 0 } : [], (byte)(message.Number >> 8), (byte)message.Number];
        output.AddRange([(byte)(0x30 | (isDuplicate ? 8 : 0) | quality << 1), (byte)rest.Length, .. rest]);
    }

    private void Receive(List<byte> output, byte first, byte[] body)
    {
        int at = 2 + BinaryPrimitives.ReadUInt16BigEndian(body);
        int id = BinaryPrimitives.ReadUInt16BigEndian(body.AsSpan(at));
        at += 2;
        if (isV5) at += 1 + body[at];
        int number = BinaryPrimitives.ReadUInt16BigEndian(body.AsSpan(at));
        bool isExactlyOnce = (first >> 1 & 3) == 2;
        if (!isExactlyOnce || _unreleased.Add(id)) Published.Add(number);
        output.AddRange([(byte)(isExactlyOnce ? 0x50 : 0x40), 2, (byte)(id >> 8), (byte)id]);
    }

    private sealed class Outgoing
    {
        public int Id;
        public int Number;
        public bool IsReleased;
    }
}
