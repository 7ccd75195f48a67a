using SeqStream.State;
using SeqStream.TestSupport;

namespace SeqStream.Tests;

public sealed class StreamSessionTests
{
    private static readonly float[] s_one = [1, 2, 3];
    private static readonly float[] s_two = [-4, 0.5f, 8];

    [Fact]
    public void Step_carries_the_memory_to_the_next_step()
    {
        using StreamingModel model = StreamingModel.FromPlan(AccumulatorModel.Plan(3));
        using StreamSession session = model.CreateSession();
        float[] y = new float[3];
        session.Step(s_one, y);
        session.Step(s_two, y);
        Assert.Equal([-3.5f, 1.5f, 9.5f], y);
        Assert.Equal(2, session.Steps);
    }

    [Fact]
    public void Step_after_reset_equals_first_step()
    {
        using StreamingModel model = StreamingModel.FromPlan(AccumulatorModel.Plan(3));
        using StreamSession session = model.CreateSession();
        float[] first = new float[3], again = new float[3];
        session.Step(s_one, first);
        session.Step(s_two, again);
        session.Reset();
        session.Step(s_one, again);
        Assert.Equal(first, again);
        Assert.Equal(1, session.Steps);
    }

    [Fact]
    public void Peek_answers_what_the_next_step_answers_and_moves_nothing()
    {
        using StreamingModel model = StreamingModel.FromPlan(AccumulatorModel.Plan(3));
        using StreamSession session = model.CreateSession();
        float[] peeked = new float[3], stepped = new float[3];
        session.Step(s_one, stepped);
        session.Peek(s_two, peeked);
        Assert.Equal(1, session.Steps);
        session.Step(s_two, stepped);
        Assert.Equal(stepped, peeked);
    }

    [Fact]
    public void Restored_and_forked_sessions_go_on_like_the_original()
    {
        using StreamingModel model = StreamingModel.FromPlan(AccumulatorModel.Plan(3));
        using StreamSession session = model.CreateSession();
        float[] y = new float[3], restored = new float[3], forked = new float[3];
        session.Step(s_one, y);
        byte[] saved = session.Save();
        using StreamSession fork = session.Fork();
        using StreamSession other = model.CreateSession();
        other.Restore(saved);
        session.Step(s_two, y);
        fork.Step(s_two, forked);
        other.Step(s_two, restored);
        Assert.Equal(y, forked);
        Assert.Equal(y, restored);
        Assert.Equal((2L, 2L), (fork.Steps, other.Steps));
    }

    [Fact]
    public void A_damaged_or_foreign_state_is_refused_and_the_stream_is_untouched()
    {
        using StreamingModel model = StreamingModel.FromPlan(AccumulatorModel.Plan(3));
        using StreamSession session = model.CreateSession();
        float[] y = new float[3];
        session.Step(s_one, y);
        byte[] saved = session.Save();
        for (int at = 0; at < saved.Length; at++)
        {
            byte[] damaged = [.. saved];
            damaged[at] ^= 0x10;
            Assert.Throws<StateSnapshotException>(() => session.Restore(damaged));
            Assert.Throws<StateSnapshotException>(() => session.Restore(saved.AsSpan(0, at)));
        }
        using StreamingModel wider = StreamingModel.FromPlan(AccumulatorModel.Plan(4));
        using StreamSession wide = wider.CreateSession();
        Assert.Contains("layout", Assert.Throws<StateSnapshotException>(() => wide.Restore(saved)).Message, StringComparison.Ordinal);
        Assert.Equal(saved, session.Save());
    }

    [Fact]
    public void A_wrong_width_is_refused_with_both_numbers_and_the_stream_is_untouched()
    {
        using StreamingModel model = StreamingModel.FromPlan(AccumulatorModel.Plan(3));
        using StreamSession session = model.CreateSession();
        byte[] before = session.Save();
        ArgumentException fault = Assert.Throws<ArgumentException>(() => session.Step(new float[2], new float[3]));
        Assert.Contains("needs 3 numbers, but 2 were given", fault.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => session.Step(new float[3], new float[4]));
        Assert.Equal(before, session.Save());
    }

    [Fact]
    public void Stepping_allocates_nothing()
    {
        using StreamingModel model = StreamingModel.FromPlan(AccumulatorModel.Plan(3));
        using StreamSession session = model.CreateSession();
        float[] y = new float[3];
        session.Step(s_one, y);
        session.Peek(s_one, y);
        Assert.Equal(0, Allocation.Of(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                session.Step(s_one, y);
                session.Peek(s_two, y);
            }
        }));
    }

    [Fact]
    public void Prewarming_changes_no_answer()
    {
        using StreamingModel model = StreamingModel.FromPlan(AccumulatorModel.Plan(3));
        model.Prewarm(maxLanes: 40);
        using StreamSession session = model.CreateSession();
        float[] y = new float[3];
        session.Step(s_one, y);
        Assert.Equal(s_one, y);
    }

    [Fact]
    public void A_disposed_session_says_so()
    {
        using StreamingModel model = StreamingModel.FromPlan(AccumulatorModel.Plan(3));
        StreamSession session = model.CreateSession();
        session.Dispose();
        Assert.Throws<ObjectDisposedException>(() => session.Step(s_one, new float[3]));
        Assert.ThrowsAny<Exception>(() => session.Step());
    }
}
