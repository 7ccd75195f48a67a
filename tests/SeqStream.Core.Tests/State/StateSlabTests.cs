using SeqStream.Plan;
using SeqStream.State;

namespace SeqStream.Tests.State;

public sealed class StateSlabTests
{
    private static StateLayout Layout(int floats) => new([new StateField("h", ElementType.Float32, new TensorShape(floats))]);

    [Fact]
    public void Rows_rented_and_returned_at_random_never_share_bytes()
    {
        Random random = new(7);
        using StateSlab slab = new(Layout(5), expectedStreams: 8);
        Dictionary<int, byte> live = [];
        for (int turn = 0; turn < 20_000; turn++)
        {
            if (live.Count == 0 || random.Next(100) < 55)
            {
                int slot = slab.Rent();
                Assert.All(slab.RowSpan(slot).ToArray(), static value => Assert.Equal(0, value));
                byte mark = (byte)random.Next(1, 256);
                slab.RowSpan(slot).Fill(mark);
                Assert.True(live.TryAdd(slot, mark));
            }
            else
            {
                int slot = live.Keys.ElementAt(random.Next(live.Count));
                Assert.Equal(-1, slab.RowSpan(slot).IndexOfAnyExcept(live[slot]));
                slab.Return(slot);
                live.Remove(slot);
            }
            Assert.Equal(live.Count, slab.Count);
        }
        foreach ((int slot, byte mark) in live) Assert.Equal(-1, slab.RowSpan(slot).IndexOfAnyExcept(mark));
    }

    [Fact]
    public unsafe void Rows_are_64_byte_aligned()
    {
        using StateSlab slab = new(Layout(5), expectedStreams: 3);
        for (int i = 0; i < 100; i++) Assert.Equal(0, (nint)slab.LiveRow(slab.Rent()) % 64);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData(1 << 20)]
    public void A_row_not_in_use_is_refused(int slot)
    {
        using StateSlab slab = new(Layout(5), expectedStreams: 3);
        slab.Rent();
        Assert.Throws<ArgumentException>(() => { _ = slab.RowSpan(slot); });
        Assert.Throws<ArgumentException>(() => slab.Return(slot));
        Assert.Throws<ArgumentException>(() => { unsafe { slab.LiveRow(slot); } });
    }

    [Fact]
    public void A_row_returned_twice_is_refused()
    {
        using StateSlab slab = new(Layout(5), expectedStreams: 3);
        int slot = slab.Rent();
        slab.Return(slot);
        Assert.Throws<ArgumentException>(() => slab.Return(slot));
    }

    [Fact]
    public void A_new_row_holds_the_initial_values()
    {
        StateField h = new("h", ElementType.Float32, new TensorShape(1, 2), ConstantTensor.Float32(new TensorShape(1, 2), 3, 4));
        StateField n = new("n", ElementType.Int64, new TensorShape(), ConstantTensor.Int64(new TensorShape(), 9));
        StateLayout layout = new([h, n]);
        using StateSlab slab = new(layout, 1);
        int slot = slab.Rent();
        slab.RowSpan(slot).Fill(77);
        slab.Return(slot);
        Span<byte> row = slab.RowSpan(slab.Rent());
        Assert.Equal(3, BitConverter.ToSingle(row[layout.OffsetOf(h)..]));
        Assert.Equal(4, BitConverter.ToSingle(row[(layout.OffsetOf(h) + 4)..]));
        Assert.Equal(9, BitConverter.ToInt64(row[layout.OffsetOf(n)..]));
        Assert.Equal(0, layout.OffsetOf(n) % 8);
    }
}
