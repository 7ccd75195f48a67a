using System.Text.Json;
using SeqStream.Contracts;
using SeqStream.FrontEnds.Text;
using SeqStream.TestSupport;

namespace SeqStream.FrontEnds;

/// <summary>The bundled models' front ends give the features that the training code gave.</summary>
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

    [Fact]
    public void Letter_ids_equal_those_of_the_training_code()
    {
        using Inputs inputs = new(Inputs.Integers("ids", 1));
        IFrontEnd frontEnd = FrontEndCatalog.Create("letters", FrontEndOf("names"), inputs.Signature)();
        foreach (JsonElement line in Lines("names"))
        {
            frontEnd.Accept(Inputs.Text(line.GetProperty("text").GetString()!), 0);
            List<long> ids = [];
            StepNote note = default;
            while (frontEnd.TryNext(inputs.Next, ref note)) ids.Add(inputs.Next.Integers(0)[0]);
            frontEnd.End();
            Assert.Equal(line.GetProperty("ids").EnumerateArray().Select(id => id.GetInt64()), ids);
        }
    }

    [Fact]
    public void Sensor_features_equal_those_of_the_training_code()
    {
        JsonElement parameters = FrontEndOf("activity");
        using Inputs inputs = new(Inputs.Floats("x", parameters.GetProperty("mean").GetArrayLength()));
        IFrontEnd frontEnd = FrontEndCatalog.Create("standardize", parameters, inputs.Signature)();
        foreach (JsonElement line in Lines("activity"))
        {
            frontEnd.Reset();
            foreach ((JsonElement row, JsonElement features) in line.GetProperty("x").EnumerateArray().Zip(line.GetProperty("features").EnumerateArray()))
            {
                Assert.True(frontEnd.Accept(Inputs.Values(Floats(row)), 0).IsAccepted);
                StepNote note = default;
                Assert.True(frontEnd.TryNext(inputs.Next, ref note));
                float[] expected = Floats(features);
                for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], inputs.Next.Floats(0)[i], 1e-4f);
            }
        }
    }

    private static float[] Floats(JsonElement row) => [.. row.EnumerateArray().Select(value => value.GetSingle())];

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
