using System.Text;
using SeqStream.Contracts;
using SeqStream.Mqtt.Routing;

namespace SeqStream.Mqtt.Tests.Routing;

/// <summary>A broker's subscribers read what readers of JSON Lines read.</summary>
public sealed class EmissionJsonTests
{
    [Fact]
    public void Partial_answers_spans_and_parts_are_told()
    {
        Emission emission = new();
        emission.Clear();
        (emission.Kind, emission.Step, emission.Label, emission.IsPartial, emission.SpanStart, emission.SpanEnd) = (EmissionKind.Label, 9, "seven", true, 0.25, 0.75);
        emission.AddPart("b"u8, -1);
        using EmissionJson json = new();

        Assert.Equal("""{"stream":"a","step":9,"label":"seven","partial":true,"span":[0.25,0.75],"parts":[{"text":"b","score":-1}]}""", Encoding.UTF8.GetString(json.Write(emission, "a"u8)));
    }
}
