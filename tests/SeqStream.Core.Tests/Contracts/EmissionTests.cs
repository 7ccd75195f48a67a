using System.Text;

namespace SeqStream.Contracts;

/// <summary>A copy says what the original says; an emptied emission says nothing.</summary>
public sealed class EmissionTests
{
    [Fact]
    public void Copy_says_everything_and_a_cleared_one_nothing()
    {
        Emission original = Full();
        Emission copy = new();
        copy.Clear();
        original.CopyTo(copy);
        Assert.Equal(Said(original), Said(copy));

        Emission empty = new();
        empty.Clear();
        copy.Clear();
        Assert.Equal(Said(empty), Said(copy));
        Assert.NotEqual(Said(original), Said(empty));
    }

    [Fact]
    public void Parts_are_kept_in_order()
    {
        Emission emission = Full();
        Assert.Equal(2, emission.PartCount);
        Assert.Equal("second", Encoding.UTF8.GetString(emission.PartText(1)));
        Assert.Equal(-2f, emission.PartScore(1));
    }

    private static Emission Full()
    {
        Emission emission = new();
        emission.Clear();
        (emission.Kind, emission.Step, emission.Time, emission.Label, emission.Score) = (EmissionKind.Label, 3, 0.5, "L", 0.25f);
        (emission.IsPartial, emission.SpanStart, emission.SpanEnd, emission.HasNames, emission.Reason) = (true, 1, 2, true, EndReason.EvictedIdle);
        emission.AddText("text"u8);
        emission.AddEcho("\"a\":1"u8);
        emission.AddPart("first"u8, 1);
        emission.AddPart("second"u8, -2);
        emission.BeginOutput("y", isSingle: true);
        emission.AddValue(7);
        return emission;
    }

    private static string Said(Emission emission)
    {
        StringBuilder said = new(FormattableString.Invariant($"{emission.Kind} {emission.Step} {emission.Time} {emission.Label} {emission.Score} {emission.IsPartial} {emission.SpanStart} {emission.SpanEnd} {emission.HasNames} {emission.Reason}"));
        said.Append(Encoding.UTF8.GetString(emission.Text)).Append(Encoding.UTF8.GetString(emission.Echo));
        for (int i = 0; i < emission.PartCount; i++) said.Append(' ').Append(Encoding.UTF8.GetString(emission.PartText(i))).Append(emission.PartScore(i));
        for (int i = 0; i < emission.OutputCount; i++) said.Append(' ').Append(emission.Output(i).Name).AppendJoin(',', emission.Values(emission.Output(i)).ToArray());
        return said.ToString();
    }
}
