using System.Text.Json;
using SeqStream.Contracts;
using SeqStream.FrontEnds.Text;
using SeqStream.TestSupport;

namespace SeqStream.FrontEnds;

/// <summary>The bundled tagger's words have the ids that the training code gave them.</summary>
public sealed class GoldenTests
{
    [Fact]
    public void Word_ids_equal_those_of_the_training_code()
    {
        JsonElement parameters = FrontEndOf("ner");
        int[] grams = [.. parameters.GetProperty("grams").EnumerateArray().Select(n => n.GetInt32())];
        int slots = WordFeatures.SlotsFor(grams);
        int words = parameters.GetProperty("back").GetInt32() + 1 + parameters.GetProperty("ahead").GetInt32();
        using Inputs inputs = new(Inputs.Integers("ids", words * slots), Inputs.Floats("weights", words * slots));
        IFrontEnd frontEnd = FrontEndCatalog.Create("word-window", parameters, inputs.Signature)();
        int compared = 0;
        foreach (JsonElement line in Lines("ner"))
        {
            string[] tokens = [.. line.GetProperty("tokens").EnumerateArray().Select(token => token.GetString()!)];
            frontEnd.Accept(Inputs.Text(string.Join(' ', tokens), FrameContent.Tokens), 0);
            frontEnd.End();
            StepNote note = default;
            foreach (JsonElement word in line.GetProperty("ids").EnumerateArray())
            {
                Assert.True(frontEnd.TryNext(inputs.Next, ref note));
                long[] expected = [.. word.EnumerateArray().Select(id => id.GetInt64())];
                int at = parameters.GetProperty("back").GetInt32() * slots;
                Assert.Equal(expected, inputs.Next.Integers(0).Slice(at, expected.Length).ToArray());
                Assert.Equal(1 / Math.Sqrt(expected.Length - 3), inputs.Next.Floats(1)[at + 3], 1e-6);
                Assert.All(inputs.Next.Integers(0).Slice(at + expected.Length, slots - expected.Length).ToArray(), id => Assert.Equal(0, id));
                compared++;
            }
            Assert.False(frontEnd.TryNext(inputs.Next, ref note));
        }
        Assert.True(compared > 200, $"{compared} words compared");
    }

    private static JsonElement FrontEndOf(string model)
    {
        using JsonDocument card = JsonDocument.Parse(File.ReadAllText(Path.Combine(SharedFolder.Repository, "models", model, "card.json")));
        return card.RootElement.GetProperty("frontEnd").Clone();
    }

    private static IEnumerable<JsonElement> Lines(string model)
    {
        foreach (string line in File.ReadLines(Path.Combine(SharedFolder.Repository, "models", model, "golden.jsonl")))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            yield return document.RootElement.Clone();
        }
    }
}
