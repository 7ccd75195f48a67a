using SeqStream.Hosting.Catalog;

namespace SeqStream.Hosting.Tests.Catalog;

public sealed class NearestNameTests
{
    [Theory]
    [InlineData("rnu", "run")]
    [InlineData("inspct", "inspect")]
    [InlineData("activ", "activity")]
    [InlineData("NER", "ner")]
    [InlineData("zebra", null)]
    [InlineData("x", null)]
    public void Nearest_name_is_found_only_if_it_is_near(string name, string? expected)
        => Assert.Equal(expected, NearestName.Of(name, ["run", "inspect", "activity", "ner"]));
}
