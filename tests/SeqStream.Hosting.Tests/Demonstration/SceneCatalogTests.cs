using SeqStream.Hosting.Catalog;
using SeqStream.Hosting.Demonstration;
using SeqStream.TestSupport;

namespace SeqStream.Hosting.Tests.Demonstration;

/// <summary>Every bundled model has a scene, whose made-up input it takes and has something to say about.</summary>
public sealed class SceneCatalogTests
{
    private static ModelCatalog Catalog { get; } = ModelCatalog.Find(Path.Combine(SharedFolder.Repository, "models"));

    public static TheoryData<string> Models => [.. Catalog.Names()];

    [Theory]
    [MemberData(nameof(Models))]
    public async Task Scene_tells_what_the_model_says_and_the_same_when_played_again(string name)
    {
        Scene scene = Assert.Single(SceneCatalog.All, scene => scene.Model == name);
        using LoadedModel model = ModelLoader.Load(Catalog.Resolve(name));

        List<string> lines = await LinesAsync(scene, model), again = await LinesAsync(scene, model);

        Assert.InRange(lines.Count, 2, 60);
        Assert.DoesNotContain(lines, string.IsNullOrWhiteSpace);
        Assert.Equal(lines, again);
    }

    [Fact]
    public void There_is_no_scene_of_a_model_that_is_not_there() => Assert.All(SceneCatalog.All, static scene => Assert.Contains(scene.Model, Catalog.Names()));

    private static async Task<List<string>> LinesAsync(Scene scene, LoadedModel model)
    {
        List<string> lines = [];
        await foreach (string line in scene.PlayAsync(model, pace: 0, TestContext.Current.CancellationToken)) lines.Add(line);
        return lines;
    }
}
