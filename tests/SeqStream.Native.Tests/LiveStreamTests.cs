using System.Text;
using SeqStream.Contracts;
using SeqStream.Feeds;
using SeqStream.Plan;
using SeqStream.State;
using SeqStream.TestSupport;

namespace SeqStream.Native.Tests;

/// <summary>Streams that are fed synchronously, in C#.</summary>
public sealed class LiveStreamTests
{
    private static readonly float[] s_reading = [39.25f, 0.43f, 22.75f, 0.43f, 33.75f, 1.30f];

    [Fact]
    public void Push_and_take_allocate_nothing()
    {
        using LiveModel model = LiveModel.Load(Model("activity"));
        using LiveStream stream = model.CreateStream();
        EmissionText text = new();
        for (int i = 0; i < 300; i++) Feed(stream, text);

        Assert.Equal(0, Allocation.Of(() =>
        {
            for (int i = 0; i < 200; i++) Feed(stream, text);
        }));
    }

    [Fact]
    public void Batch_allocates_nothing()
    {
        using LiveModel model = LiveModel.Load(Model("activity"));
        using StreamBatch batch = model.CreateBatch(5);
        StreamSession[] sessions = [.. Enumerable.Range(0, 5).Select(_ => model.CreateSession())];
        float[] features = new float[5 * model.Signature.Inputs[0].ElementCount], answers = new float[5 * model.Signature.Outputs[0].ElementCount];
        batch.Step(sessions, features, answers);

        Assert.Equal(0, Allocation.Of(() =>
        {
            for (int i = 0; i < 200; i++) batch.Step(sessions, features, answers);
        }));
        foreach (StreamSession session in sessions) session.Dispose();
    }

    [Fact]
    public void Batch_refuses_the_same_session_twice_and_another_models_and_moves_none()
    {
        using LiveModel model = LiveModel.Load(Model("activity")), other = LiveModel.Load(Model("activity"));
        using StreamBatch batch = model.CreateBatch(3);
        using StreamSession one = model.CreateSession(), two = model.CreateSession(), foreign = other.CreateSession();

        Assert.Contains("at place 2 is among the sessions twice", Assert.Throws<ArgumentException>(() => batch.Step([one, two, one])).Message, StringComparison.Ordinal);
        Assert.Contains("made by its own model object", Assert.Throws<ArgumentException>(() => batch.Step([one, foreign])).Message, StringComparison.Ordinal);
        Assert.Equal(0, one.Steps + two.Steps);
        batch.Step([two, one]);
        Assert.Equal(2, one.Steps + two.Steps);
    }

    [Fact]
    public void Answers_that_lag_come_with_the_end_and_survive_saving()
    {
        OnnxModelWriter window = new();
        window.Graph.Input("x", ElementType.Float32, 1, 2, "time").Initializer("w", [1, 2, 3], 1, 2, 3, 4, 5, 6).Node("Conv", ["x", "w"], ["y"], ("pads", new[] { 1, 1 })).Output("y", ElementType.Float32, 1, 1, "time");
        using LiveModel model = LiveModel.Parse(window.ToBytes());
        using LiveStream stream = model.CreateStream(), restored = model.CreateStream();
        List<string> alone = [], moved = [];
        for (int i = 0; i < 7; i++)
        {
            Assert.Null(stream.Push([i, 1 - i], i).Problem);
            Take(stream, alone);
        }
        stream.End();
        Take(stream, alone);
        for (int i = 0; i < 7; i++)
        {
            Assert.Null(stream.Push([i, 1 - i], i).Problem);
            Take(stream, moved);
            restored.Restore(stream.Save());
        }
        restored.End();
        Take(restored, moved);

        Assert.Equal(8, alone.Count); // seven frames, and the end
        Assert.Equal(alone, moved);
    }

    [Fact]
    public void Frame_that_is_refused_leaves_the_stream_as_it_was()
    {
        using LiveModel model = LiveModel.Load(Model("activity"));
        using LiveStream stream = model.CreateStream(), untouched = model.CreateStream();
        Assert.Contains("found 3 numbers", stream.Push([1, 2, 3]).Problem, StringComparison.Ordinal);
        Assert.NotNull(stream.PushText("walking"u8).Problem);
        List<string> said = [], expected = [];
        stream.Push(s_reading);
        untouched.Push(s_reading);
        Take(stream, said);
        Take(untouched, expected);

        Assert.Equal(expected, said);
    }

    [Fact]
    public void Damaged_saved_stream_is_refused_at_every_byte()
    {
        using LiveModel model = LiveModel.Load(Model("activity"));
        using LiveStream stream = model.CreateStream();
        stream.Push(s_reading);
        byte[] saved = stream.Save();
        for (int at = 0; at < saved.Length; at++)
        {
            saved[at] ^= 0x40;
            Assert.Throws<StateSnapshotException>(() => stream.Restore(saved));
            saved[at] ^= 0x40;
            Assert.Throws<StateSnapshotException>(() => stream.Restore(saved.AsSpan(0, at)));
        }
        stream.Restore(saved);
    }

    private static void Feed(LiveStream stream, EmissionText text)
    {
        stream.Push(s_reading);
        while (stream.TryTake(out Emission? said))
        {
            _ = text.Of(said).Length;
            stream.Return(said);
        }
    }

    private static void Take(LiveStream stream, List<string> said)
    {
        EmissionText text = new();
        while (stream.TryTake(out Emission? emission))
        {
            said.Add(Encoding.UTF8.GetString(text.Of(emission)));
            stream.Return(emission);
        }
    }

    private static string Model(string name) => Path.Combine(SharedFolder.Repository, "models", name);
}
