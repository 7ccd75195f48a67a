using System.Buffers.Binary;

namespace SeqStream.Decoding.Tests.Music;

/// <summary>Reads the notes of a standard MIDI file, for comparison: (start, length) in ticks and the key, of one channel.</summary>
internal static class MidiNotes
{
    public static List<(long Start, long Length, int Key)> Of(ReadOnlySpan<byte> file, int channel)
    {
        List<(long, long, int)> notes = [];
        int at = 8 + BinaryPrimitives.ReadInt32BigEndian(file[4..]);
        while (at + 8 <= file.Length)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(file[(at + 4)..]);
            ReadTrack(file.Slice(at + 8, length), channel, notes);
            at += 8 + length;
        }
        return [.. notes.OrderBy(static note => note)];
    }

    public static int TicksPerQuarter(ReadOnlySpan<byte> file) => BinaryPrimitives.ReadInt16BigEndian(file[12..]);

    private static void ReadTrack(ReadOnlySpan<byte> track, int channel, List<(long, long, int)> notes)
    {
        Dictionary<int, Queue<long>> sounding = [];
        long now = 0;
        int at = 0;
        byte status = 0;
        while (at < track.Length)
        {
            now += ReadVariable(track, ref at);
            if (track[at] >= 0x80) status = track[at++];
            if (status == 0xFF || status is 0xF0 or 0xF7)
            {
                if (status == 0xFF) at++;
                int length = (int)ReadVariable(track, ref at);
                at += length;
                continue;
            }
            int kind = status & 0xF0;
            int first = track[at++];
            int second = kind is 0xC0 or 0xD0 ? 0 : track[at++];
            if ((status & 0x0F) != channel || kind is not (0x80 or 0x90)) continue;
            if (!sounding.TryGetValue(first, out Queue<long>? starts)) sounding[first] = starts = new Queue<long>();
            if (kind == 0x90 && second > 0) starts.Enqueue(now);
            else if (starts.TryDequeue(out long start)) notes.Add((start, now - start, first));
        }
    }

    private static long ReadVariable(ReadOnlySpan<byte> bytes, ref int at)
    {
        long value = 0;
        byte read;
        do
        {
            read = bytes[at++];
            value = value << 7 | (uint)(read & 0x7F);
        }
        while (read >= 0x80);
        return value;
    }
}
