using SeqStream.Contracts;
using SeqStream.Hosting.Catalog;

namespace SeqStream.Hosting.Tests.Catalog;

public sealed class ModelCatalogTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("seqstream-catalog-").FullName;

    public ModelCatalogTests()
    {
        Add("alpha", """{"name":"alpha","task":"adding","shape":"many-to-many","licence":"MIT","parameters":12,"formats":{"in":"csv","out":"text"},"rate":{"hz":4},"figures":[{"metric":"accuracy","value":0.5,"data":"d","command":"c"}],"bounds":{"ids":[0,26]},"evaluation":{"type":"label-per-step","format":"csv"}}""");
        Add("broken", """{"name":"broken","colour":"red"}""");
        Add("hollow", """{"name":"hollow","model":"absent.onnx"}""");
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Model_is_found_by_name_from_a_folder_below()
    {
        string below = Directory.CreateDirectory(Path.Combine(_root, "a", "b")).FullName;
        ModelReference model = ModelCatalog.Find(null, below).Resolve("alpha");

        Assert.Equal("adding", model.Card.Task);
        Assert.Equal("csv", model.Card.InputFormat);
        Assert.Equal(4, model.Card.RateHz);
        Assert.Equal(0.5, Assert.Single(model.Card.Figures).Value);
        Assert.Equal(("ids", 0, 26), Assert.Single(model.Card.Bounds));
        Assert.Equal("label-per-step", model.Card.Evaluation!.Type);
        Assert.Equal("vector", model.Card.FrontEndType);
        Assert.EndsWith(Path.Combine("models", "alpha", "model.onnx"), model.ModelPath, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_folder_is_the_only_one()
    {
        ModelCatalog catalog = ModelCatalog.Find(Path.Combine(_root, "models"), AppContext.BaseDirectory);

        Assert.Equal(["alpha", "broken", "hollow"], catalog.Names());
        Assert.Single(catalog.Folders);
    }

    [Fact]
    public void Model_can_be_a_folder_or_a_file()
    {
        ModelCatalog empty = ModelCatalog.Find(_root);

        Assert.Equal("alpha", empty.Resolve(Path.Combine(_root, "models", "alpha")).Card.Name);
        ModelReference bare = empty.Resolve(Path.Combine(_root, "models", "alpha", "model.onnx"));
        Assert.Equal("model", bare.Card.Name);
        Assert.Null(bare.Folder);
    }

    [Theory]
    [InlineData("alhpa", "There is no model 'alhpa'. Did you mean 'alpha'? Known models: alpha, broken, hollow.")]
    [InlineData("zebra", "There is no model 'zebra'. Known models:")]
    [InlineData("no/such", "'no/such' is no model")]
    [InlineData("nofolder/x.onnx", "Model file 'nofolder/x.onnx' is absent")]
    [InlineData("hollow", "its card names the file 'absent.onnx'")]
    public void Absent_model_is_refused_with_what_comes_near(string name, string expected)
    {
        ModelNotFoundException problem = Assert.Throws<ModelNotFoundException>(() => ModelCatalog.Find(Path.Combine(_root, "models")).Resolve(name));

        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Card_with_an_unknown_key_is_refused_by_its_name()
    {
        CardException problem = Assert.Throws<CardException>(() => ModelCatalog.Find(Path.Combine(_root, "models")).Resolve("broken"));

        Assert.Contains("card.colour", problem.Message, StringComparison.Ordinal);
        Assert.Contains("card.json", problem.Message, StringComparison.Ordinal);
    }

    private void Add(string name, string card)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_root, "models", name)).FullName;
        File.WriteAllText(Path.Combine(folder, "card.json"), card);
        if (name != "hollow") File.WriteAllBytes(Path.Combine(folder, "model.onnx"), []);
    }
}
