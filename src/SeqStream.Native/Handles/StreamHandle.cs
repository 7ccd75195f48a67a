using System.Runtime.InteropServices;
using System.Text;
using SeqStream.Contracts;
using SeqStream.Feeds;
using SeqStream.Native.Abi;

namespace SeqStream.Native.Handles;

/// <summary>A live stream with the native memory in which C callers see its last emission.</summary>
internal sealed unsafe class StreamHandle(LiveStream stream) : IDisposable
{
    private readonly EmissionText _text = new();
    private byte* _memory;
    private nuint _capacity;
    private Emission? _next;   // taken from the stream, but not by the caller

    ~StreamHandle() => NativeMemory.Free(_memory);

    /// <summary>The stream.</summary>
    public LiveStream Stream { get; } = stream;

    /// <summary>Emissions that wait for the caller.</summary>
    public int Waiting => Stream.Waiting + (_next is null ? 0 : 1);

    /// <summary>Takes the oldest emission and lays it out. False if none waits.</summary>
    public bool TryPoll(ref EmissionDescription description)
    {
        if (!TryPeek(out Emission? emission)) return false;
        Lay(emission!, ref description);
        Drop();
        return true;
    }

    /// <summary>The oldest emission as JSON; it waits until <see cref="Drop"/>. False if none does.</summary>
    public bool TryPeekJson(out ReadOnlySpan<byte> json)
    {
        json = default;
        if (!TryPeek(out Emission? emission)) return false;
        json = _text.Of(emission!);
        return true;
    }

    /// <summary>The oldest emission was taken.</summary>
    public void Drop()
    {
        if (_next is not null) Stream.Return(_next);
        _next = null;
    }

    /// <summary>Forgets everything, emissions too.</summary>
    public void Reset()
    {
        Drop();
        Stream.Reset();
    }

    public void Dispose()
    {
        NativeMemory.Free(_memory);
        _memory = null;
        Stream.Dispose();
        GC.SuppressFinalize(this);
    }

    private bool TryPeek(out Emission? emission)
    {
        if (_next is null && Stream.TryTake(out Emission? taken)) _next = taken;
        emission = _next;
        return emission is not null;
    }

    /// <summary>Tables first, numbers next, texts last, each text with a zero behind it.</summary>
    private void Lay(Emission emission, ref EmissionDescription description)
    {
        Reserve(Measure(emission));
        var outputs = (EmissionDescription.OutputDescription*)_memory;
        var parts = (EmissionDescription.PartDescription*)(outputs + emission.OutputCount);
        double* values = (double*)(parts + emission.PartCount);
        byte* text = (byte*)(values + CountValues(emission));
        description.Kind = (int)emission.Kind;
        description.Step = emission.Step;
        description.Time = emission.Time;
        description.SpanStart = emission.SpanStart;
        description.SpanEnd = emission.SpanEnd;
        description.Score = emission.Score;
        description.IsPartial = emission.IsPartial ? 1 : 0;
        description.Label = emission.Label is null ? null : Put(emission.Label, ref text);
        description.TextBytes = (nuint)emission.Text.Length;
        description.Text = Put(emission.Text, ref text);
        description.Outputs = emission.OutputCount == 0 ? null : outputs;
        description.OutputCount = (nuint)emission.OutputCount;
        description.Parts = emission.PartCount == 0 ? null : parts;
        description.PartCount = (nuint)emission.PartCount;
        for (int i = 0; i < emission.OutputCount; i++)
        {
            EmissionOutput output = emission.Output(i);
            outputs[i] = new EmissionDescription.OutputDescription { Name = Put(output.Name, ref text), Values = values, Count = (nuint)output.Count };
            emission.Values(output).CopyTo(new Span<double>(values, output.Count));
            values += output.Count;
        }
        for (int i = 0; i < emission.PartCount; i++)
            parts[i] = new EmissionDescription.PartDescription { TextBytes = (nuint)emission.PartText(i).Length, Text = Put(emission.PartText(i), ref text), Score = emission.PartScore(i) };
    }

    private static nuint Measure(Emission emission)
    {
        nuint bytes = (nuint)(emission.OutputCount * sizeof(EmissionDescription.OutputDescription)) + (nuint)(emission.PartCount * sizeof(EmissionDescription.PartDescription)) + (nuint)CountValues(emission) * sizeof(double);
        bytes += (nuint)emission.Text.Length + 1 + (emission.Label is null ? 0 : (nuint)Encoding.UTF8.GetMaxByteCount(emission.Label.Length) + 1);
        for (int i = 0; i < emission.OutputCount; i++) bytes += (nuint)Encoding.UTF8.GetMaxByteCount(emission.Output(i).Name.Length) + 1;
        for (int i = 0; i < emission.PartCount; i++) bytes += (nuint)emission.PartText(i).Length + 1;
        return bytes;
    }

    private static int CountValues(Emission emission)
    {
        int count = 0;
        for (int i = 0; i < emission.OutputCount; i++) count += emission.Output(i).Count;
        return count;
    }

    private static byte* Put(string text, ref byte* at)
    {
        byte* start = at;
        int bytes = Encoding.UTF8.GetBytes(text, new Span<byte>(at, Encoding.UTF8.GetMaxByteCount(text.Length)));
        start[bytes] = 0;
        at += bytes + 1;
        return start;
    }

    private static byte* Put(ReadOnlySpan<byte> text, ref byte* at)
    {
        byte* start = at;
        text.CopyTo(new Span<byte>(at, text.Length));
        start[text.Length] = 0;
        at += text.Length + 1;
        return start;
    }

    private void Reserve(nuint bytes)
    {
        if (bytes <= _capacity) return;
        nuint capacity = Math.Max(bytes, _capacity * 2);
        _memory = (byte*)NativeMemory.Realloc(_memory, capacity);
        _capacity = capacity;
    }
}
