using System.Buffers.Binary;
using System.Text;

namespace SeqStream.Decoding.Music;

/// <summary>
/// Writes a tune as a standard MIDI file of format 1 ("Standard MIDI Files 1.0"): a track of tempo, metre, key and title, one of the melody (channel 1, velocity 90)
/// and, if the tune has chord names, one of the chords (channel 2, velocity 48). Any thread.
/// </summary>
public static class MidiFile
{
    /// <summary>Ticks of a quarter note.</summary>
    public const int TicksPerQuarter = 480;

    private const int MelodyVelocity = 90;
    private const int ChordVelocity = 48;

    /// <summary>Writes the file.</summary>
    public static void Write(Stream output, Tune tune)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(tune);
        bool hasChords = tune.Chords.Length > 0;
        Span<byte> header = stackalloc byte[14];
        "MThd"u8.CopyTo(header);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], 6);
        BinaryPrimitives.WriteInt16BigEndian(header[8..], 1);
        BinaryPrimitives.WriteInt16BigEndian(header[10..], (short)(hasChords ? 3 : 2));
        BinaryPrimitives.WriteInt16BigEndian(header[12..], TicksPerQuarter);
        output.Write(header);
        WriteTrack(output, Conductor(tune), tune);
        WriteTrack(output, Notes(tune.Melody, channel: 0, MelodyVelocity), tune);
        if (hasChords) WriteTrack(output, Notes(tune.Chords, channel: 1, ChordVelocity), tune);
    }

    private static List<(long Tick, byte[] Bytes)> Conductor(Tune tune)
    {
        byte[] title = Encoding.UTF8.GetBytes(tune.Title.Length > 100 ? tune.Title[..100] : tune.Title);
        List<(long, byte[])> events = [(0, Meta(0x03, title)), (0, Meta(0x58, [(byte)tune.Metre.Beats, (byte)int.Log2(tune.Metre.Unit), 24, 8])), (0, Meta(0x59, [(byte)(sbyte)tune.Key.Fifths, (byte)(tune.Key.IsMinor ? 1 : 0)]))];
        foreach (TempoChange tempo in tune.Tempi)
        {
            int microseconds = (int)Math.Round(60_000_000 / tempo.QuartersPerMinute);
            events.Add((TickOf(tempo.Start), Meta(0x51, [(byte)(microseconds >> 16), (byte)(microseconds >> 8), (byte)microseconds])));
        }
        return events;
    }

    /// <summary>Note-off and note-on events by time; at one time the offs come first, so that a repeated note is struck again.</summary>
    private static List<(long Tick, byte[] Bytes)> Notes(IEnumerable<TuneNote> notes, int channel, int velocity)
    {
        List<(long Tick, byte[] Bytes)> events = [];
        foreach (TuneNote note in notes)
        {
            long start = TickOf(note.Start);
            events.Add((start, [(byte)(0x90 | channel), (byte)note.Pitch, (byte)velocity]));
            events.Add((Math.Max(start + 1, TickOf(note.Start + note.Length)), [(byte)(0x80 | channel), (byte)note.Pitch, 0]));
        }
        return [.. events.OrderBy(static e => e.Tick).ThenBy(static e => e.Bytes[0] & 0xF0)];
    }

    private static void WriteTrack(Stream output, List<(long Tick, byte[] Bytes)> events, Tune tune)
    {
        using MemoryStream track = new();
        long now = 0;
        foreach ((long tick, byte[] bytes) in events)
        {
            WriteVariable(track, tick - now);
            track.Write(bytes);
            now = tick;
        }
        WriteVariable(track, Math.Max(0, TickOf(tune.Length) - now));
        track.Write(Meta(0x2F, []));
        Span<byte> header = stackalloc byte[8];
        "MTrk"u8.CopyTo(header);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], (int)track.Length);
        output.Write(header);
        track.WriteTo(output);
    }

    private static byte[] Meta(byte type, ReadOnlySpan<byte> content)
    {
        using MemoryStream bytes = new();
        bytes.Write([0xFF, type]);
        WriteVariable(bytes, content.Length);
        bytes.Write(content);
        return bytes.ToArray();
    }

    /// <summary>Seven bits a byte, the highest first, all but the last with the top bit set.</summary>
    private static void WriteVariable(MemoryStream output, long value)
    {
        for (int shift = 28; shift > 0; shift -= 7)
        {
            if (value >> shift != 0) output.WriteByte((byte)(0x80 | value >> shift & 0x7F));
        }
        output.WriteByte((byte)(value & 0x7F));
    }

    private static long TickOf(double quarters) => (long)Math.Round(quarters * TicksPerQuarter);
}
