using System.Runtime.InteropServices;
using System.Text;
using System.Threading.Channels;
using SeqStream.Contracts;
using SeqStream.TestSupport;

namespace SeqStream.Feeds.Tests;

public sealed class RecordSinkTests
{
    [Fact]
    public async Task Json_lines_leave_out_what_is_unknown()
    {
        string text = await Write(static output => new JsonLinesSink(output),
            Outputs("", 0, double.NaN, ("y", [0.1f, float.NaN, 1e-7f])),
            Outputs("a\"b", 12, 0.96, ("p", [1]), ("q", [])),
            Label("a", 1, "walking", 0.5f, ""),
            End("a"));

        Assert.Equal(
            """
            {"step":0,"y":[0.1,null,1E-07]}
            {"stream":"a\"b","step":12,"t":0.96,"outputs":{"p":[1],"q":[]}}
            {"stream":"a","step":1,"label":"walking","score":0.5}

            """, text);
    }

    [Fact]
    public async Task Json_lines_tell_an_end_that_the_engine_made()
    {
        Emission evicted = new();
        evicted.Clear();
        (evicted.Kind, evicted.Step, evicted.Reason) = (EmissionKind.End, 12, EndReason.EvictedIdle);
        Emission crowded = new();
        crowded.Clear();
        (crowded.Kind, crowded.Reason) = (EmissionKind.End, EndReason.EvictedCapacity);

        Assert.Equal("{\"stream\":\"a\",\"step\":12,\"end\":\"evicted-idle\"}\n{\"step\":0,\"end\":\"evicted-capacity\"}\n", await Write(static output => new JsonLinesSink(output), ("a", evicted), ("", crowded)));
    }

    [Fact]
    public async Task Json_strings_are_escaped()
    {
        Emission emission = new();
        emission.Clear();
        emission.Kind = EmissionKind.Text;
        emission.AddText("a\t\"\\\u0001é\n"u8);
        emission.AddEcho("\"id\":3"u8);

        Assert.Equal("{\"step\":0,\"text\":\"a\\t\\\"\\\\\\u0001é\\n\",\"id\":3}\n", await Write(static output => new JsonLinesSink(output), ("", emission)));
    }

    [Fact]
    public async Task Text_that_is_not_final_grows_on_its_line_and_begins_anew_if_it_changed()
    {
        string text = await Write(static output => new TextSink(output), Said("", "one", true), Said("", "one two", true), Said("", "one two", false),
            Said("", "tree", true), Said("", "three", true), Said("", "three four", false), Said("", "five", false), Said("", "six", true), End(""), Said("", "six", true));

        Assert.Equal("one two\ntree\nthree four\nfive\nsix\nsix", text);
    }

    [Fact]
    public async Task Text_of_named_streams_waits_until_it_is_final()
        => Assert.Equal("b\tthree\na\tone two\n", await Write(static output => new TextSink(output), Said("a", "one", true), Said("b", "three", true), Said("b", "three", false), Said("a", "one two", false)));

    [Fact]
    public async Task Text_tells_where_a_label_lies()
    {
        (string, Emission Emission) begun = Label("", 1, "three", 0.5f, ""), over = Label("", 2, "three", 0.5f, "");
        (begun.Emission.IsPartial, begun.Emission.SpanStart) = (true, 0.5);
        (over.Emission.SpanStart, over.Emission.SpanEnd) = (0.5, 0.92);

        Assert.Equal("three\t0.5\nthree\t0.5\t0.92\n", await Write(static output => new TextSink(output), begun, over));
    }

    [Fact]
    public async Task Text_tags_tokens_with_a_blank_line_after_a_sequence()
    {
        string text = await Write(static output => new TextSink(output), Label("", 0, "B-PER", 1, "Harry"), Label("", 1, "O", 1, "."), End(""), Label("", 0, "O", 1, "No"), End(""));

        Assert.Equal("Harry\tB-PER\n.\tO\n\nNo\tO\n\n", text);
    }

    [Fact]
    public async Task Text_puts_labels_and_numbers_on_lines_and_names_streams()
    {
        Assert.Equal("walking\nsitting\n", await Write(static output => new TextSink(output), Label("", 0, "walking", 1, ""), Label("", 1, "sitting", 1, ""), End("")));
        Assert.Equal("a\t1 2.5\n", await Write(static output => new TextSink(output), Outputs("a", 0, 0, ("y", [1, 2.5f])), End("a")));
    }

    [Fact]
    public async Task A_text_that_grows_stays_on_its_line()
    {
        Assert.Equal("A man plays.\nTwo\n", await Write(static output => new TextSink(output), Said("", "A", true), Said("", "A man", true), Said("", "A man plays.", false), Said("", "Two", false), End("")));
        Assert.Equal("one\ntwo three\n", await Write(static output => new TextSink(output), Said("", "one", true), Said("", "two", true), Said("", "two three", false)));
        Assert.Equal("one\n", await Write(static output => new TextSink(output), Said("", "one", true), End("")));
    }

    [Fact]
    public async Task Partial_answers_spans_and_parts_are_told()
    {
        (string Stream, Emission Emission) begun = Label("", 3, "seven", 0.5f, "");
        (begun.Emission.IsPartial, begun.Emission.SpanStart) = (true, 0.25);

        Assert.Equal(
            """{"step":3,"label":"seven","score":0.5,"partial":true,"span":[0.25]}""" + "\n" +
            """{"step":9,"label":"seven","score":0.5,"span":[0.25,0.75],"parts":[{"text":"né","score":0.5},{"text":"b","score":-1}]}""" + "\n",
            await Write(static output => new JsonLinesSink(output), begun, Over()));
        Assert.Equal("seven\tné b\n", await Write(static output => new TextSink(output), Over()));

        static (string Stream, Emission Emission) Over()
        {
            (string Stream, Emission Emission) over = Label("", 9, "seven", 0.5f, "");
            (over.Emission.SpanStart, over.Emission.SpanEnd) = (0.25, 0.75);
            over.Emission.AddPart("né"u8, 0.5f);
            over.Emission.AddPart("b"u8, -1);
            return over;
        }
    }

    [Fact]
    public async Task Csv_begins_with_column_names()
    {
        Assert.Equal("step,y[0],y[1]\n0,1,2.5\n1,3,4\n", await Write(static output => new CsvSink(output), Outputs("", 0, double.NaN, ("y", [1, 2.5f])), Outputs("", 1, double.NaN, ("y", [3, 4]))));
        Assert.Equal("stream,step,t,text,label,score\na,0,0.5,\"x,y\",L,0.25\n", await Write(static output => new CsvSink(output), Timed(Label("a", 0, "L", 0.25f, "x,y"), 0.5)));
    }

    [Fact]
    public async Task Raw_floats_are_the_outputs_bytes()
    {
        using MemoryStream output = new();
        await WriteTo(new RawFloatSink(output), Outputs("", 0, 0, ("y", [1, 2]), ("z", [3])));

        Assert.Equal([1f, 2f, 3f], MemoryMarshal.Cast<byte, float>(output.ToArray()).ToArray());
    }

    [Fact]
    public async Task Reader_that_left_ends_the_sink_quietly()
    {
        Channel<Emission> channel = Channel.CreateUnbounded<Emission>();
        StreamDirectory streams = new();
        (_, Emission emission) = Label("", 0, "x", 1, "");
        emission.Stream = streams.Intern("");
        channel.Writer.TryWrite(emission);

        await new TextSink(new BrokenStream()).WriteAsync(new SinkContext(channel.Reader, streams, new EmissionPool()), CancellationToken.None);

        Assert.False(channel.Reader.Completion.IsCompleted);
    }

    [Theory]
    [InlineData("jsonl")]
    [InlineData("text")]
    [InlineData("csv")]
    public void Writing_allocates_nothing_once_warm(string format)
    {
        StreamDirectory streams = new();
        EmissionPool pool = new();
        Channel<Emission> channel = Channel.CreateBounded<Emission>(64);
        using MemoryStream output = new(1 << 20);
        RecordSink sink = format switch { "jsonl" => new JsonLinesSink(output), "text" => new TextSink(output), _ => new CsvSink(output) };
        Task writing = sink.WriteAsync(new SinkContext(channel.Reader, streams, pool), CancellationToken.None);
        StreamId stream = streams.Intern("a");
        Emission[] spare = [pool.Rent(), pool.Rent(), pool.Rent()];   // the sink gives one back only after the next may have been asked for
        foreach (Emission emission in spare) pool.Return(emission);
        Push(200);
        Assert.Equal(0, Allocation.Of(() => Push(100)));
        Assert.False(writing.IsCompleted);

        void Push(int count)
        {
            output.Position = 0;
            for (int i = 0; i < count; i++)
            {
                Emission emission = pool.Rent();
                emission.Stream = stream;
                emission.Step = i;
                emission.BeginOutput("y", isSingle: true);
                emission.AddValue(0.125 * i);
                channel.Writer.TryWrite(emission);
                SpinWait.SpinUntil(() => channel.Reader.Count == 0);
            }
        }
    }

    private static (string Stream, Emission Emission) Said(string stream, string text, bool isPartial)
    {
        Emission emission = new();
        emission.Clear();
        (emission.Kind, emission.IsPartial) = (EmissionKind.Text, isPartial);
        emission.AddText(Encoding.UTF8.GetBytes(text));
        return (stream, emission);
    }

    private static (string Stream, Emission Emission) Outputs(string stream, long step, double time, params (string Name, float[] Values)[] outputs)
    {
        Emission emission = new();
        emission.Clear();
        emission.Step = step;
        emission.Time = time;
        foreach ((string name, float[] values) in outputs)
        {
            emission.BeginOutput(name, isSingle: true);
            foreach (float value in values) emission.AddValue(value);
        }
        return (stream, emission);
    }

    private static (string Stream, Emission Emission) Label(string stream, long step, string label, float score, string text)
    {
        Emission emission = new();
        emission.Clear();
        emission.Kind = EmissionKind.Label;
        emission.Step = step;
        emission.Label = label;
        emission.Score = score;
        emission.AddText(Encoding.UTF8.GetBytes(text));
        return (stream, emission);
    }

    private static (string Stream, Emission Emission) Timed((string Stream, Emission Emission) item, double time)
    {
        item.Emission.Time = time;
        return item;
    }

    private static (string Stream, Emission Emission) End(string stream)
    {
        Emission emission = new();
        emission.Clear();
        emission.Kind = EmissionKind.End;
        return (stream, emission);
    }

    private static async Task<string> Write(Func<Stream, RecordSink> create, params (string Stream, Emission Emission)[] emissions)
    {
        using MemoryStream output = new();
        await WriteTo(create(output), emissions);
        return Encoding.UTF8.GetString(output.ToArray());
    }

    private static async Task WriteTo(RecordSink sink, params (string Stream, Emission Emission)[] emissions)
    {
        StreamDirectory streams = new();
        Channel<Emission> channel = Channel.CreateUnbounded<Emission>();
        foreach ((string stream, Emission emission) in emissions)
        {
            emission.Stream = streams.Intern(stream);
            channel.Writer.TryWrite(emission);
        }
        channel.Writer.Complete();
        await sink.WriteAsync(new SinkContext(channel.Reader, streams, new EmissionPool()), CancellationToken.None);
    }

    private sealed class BrokenStream : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
            => throw new IOException("Broken pipe", OperatingSystem.IsWindows() ? unchecked((int)0x8007006D) : 32);
    }
}
