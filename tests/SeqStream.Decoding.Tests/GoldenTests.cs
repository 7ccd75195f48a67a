using System.Collections.Immutable;
using System.Text.Json;
using SeqStream.Contracts;
using SeqStream.TestSupport;

namespace SeqStream.Decoding;

/// <summary>The bundled tagger's decoder gives the tags that the training code gave.</summary>
public sealed class GoldenTests
{
    [Fact]
    public void Tags_equal_those_of_the_training_code()
    {
        string folder = Path.Combine(SharedFolder.Repository, "models", "ner");
        using JsonDocument card = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "card.json")));
        ImmutableArray<string> labels = [.. card.RootElement.GetProperty("labels").EnumerateArray().Select(label => label.GetString()!)];
        using Outputs outputs = new(Outputs.Floats("logits", labels.Length));
        IDecoder decoder = DecoderCatalog.Create("bio-tags", card.RootElement.GetProperty("decoder"), labels, outputs.Signature)();
        foreach (string line in File.ReadLines(Path.Combine(folder, "golden.jsonl")))
        {
            using JsonDocument golden = JsonDocument.Parse(line);
            outputs.Said.Clear();
            foreach (JsonElement row in golden.RootElement.GetProperty("outputs").GetProperty("logits").EnumerateArray())
            {
                outputs.Step(decoder, row.EnumerateArray().Select(value => value.GetSingle()).ToArray());
            }
            decoder.End(outputs);
            Assert.Equal(golden.RootElement.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()), outputs.Said.Select(said => said.Label));
        }
    }
}
