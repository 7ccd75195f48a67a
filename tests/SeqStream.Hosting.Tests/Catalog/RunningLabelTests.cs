using System.Text.Json;
using SeqStream.Contracts;
using SeqStream.Hosting.Catalog;
using SeqStream.Pipeline;
using SeqStream.TestSupport;

namespace SeqStream.Hosting.Tests.Catalog;

/// <summary>Models that guess while a sequence comes end in the answer that the training code gave to the whole sequence.</summary>
public sealed class RunningLabelTests
{
    public static TheoryData<string> Models => [.. Catalog.Names().Where(IsRunning)];

    private static ModelCatalog Catalog { get; } = ModelCatalog.Find(Path.Combine(SharedFolder.Repository, "models"));

    [Theory]
    [MemberData(nameof(Models))]
    public async Task Last_label_is_that_of_the_whole_sequence(string name)
    {
        using LoadedModel model = ModelLoader.Load(Catalog.Resolve(name));
        int sequences = 0;
        foreach (GoldenSequence sequence in GoldenSequence.Of(name))
        {
            double[][] expected = sequence.Steps("outputs", model.FrameSignature.Outputs[0].Name)!;
            List<(string? Label, bool IsPartial)> said = await RunAsync(model, sequence);

            Assert.Equal(expected.Select(scores => model.Card.Labels[Array.IndexOf(scores, scores.Max())]), said.Where(static label => label.IsPartial).Select(static label => label.Label));
            Assert.Equal((said[^2].Label, false), said[^1]);
            Assert.Equal(expected.Length + 1, said.Count);
            sequences++;
        }
        Assert.True(sequences > 0);
    }

    private static bool IsRunning(string name)
    {
        JsonElement decoder = Catalog.Resolve(name).Card.Decoder;
        return decoder.ValueKind == JsonValueKind.Object && decoder.TryGetProperty("at", out JsonElement at) && at.GetString() == "running";
    }

    private static async Task<List<(string? Label, bool IsPartial)>> RunAsync(LoadedModel model, GoldenSequence sequence)
    {
        List<(string?, bool)> said = [];
        await using StreamEngine engine = new(model.Stages, new EngineOptions());
        StreamId stream = engine.Streams.Intern("golden");
        foreach (FramePayload payload in sequence.Frames()) await engine.Frames.WriteAsync(new Frame { Stream = stream, Kind = FrameKind.Data, Time = double.NaN, Payload = payload });
        await engine.Frames.WriteAsync(new Frame { Stream = stream, Kind = FrameKind.End, Time = double.NaN });
        engine.Frames.Complete();
        await foreach (Emission emission in engine.Emissions.ReadAllAsync())
        {
            if (emission.Kind == EmissionKind.Label) said.Add((emission.Label, emission.IsPartial));
        }
        await engine.Completion;
        return said;
    }
}
