using SeqStream.Contracts;

namespace SeqStream.FrontEnds;

public sealed class FrontEndCatalogTests
{
    [Theory]
    [InlineData("""{"type":"radio"}""", "'frontEnd.type': the front end 'radio' is not known. Known front ends: vector, ")]
    [InlineData("""{"type":"standardize","mean":[0],"scale":[1]}""", "'frontEnd.channels': the key is missing, expected a whole number from 1 to 4096")]
    [InlineData("""{"type":"standardize","channels":1,"mean":[0,0],"scale":[1]}""", "'frontEnd.mean': found 2, expected a list of 1 numbers")]
    [InlineData("""{"type":"standardize","channels":1,"mean":["a"],"scale":[1]}""", "'frontEnd.mean': found \"a\", expected a list of 1 numbers")]
    [InlineData("""{"type":"standardize","channels":2,"mean":[0,0],"scale":[1,1]}""", "float32 with 2 elements, but model 'model.onnx' has x float32 [1, 1]")]
    [InlineData("""{"type":"standardize","channels":1,"means":[0],"mean":[0,0],"scale":[1,1]}""", "'frontEnd.means': found 0, expected half-lives above 0")]
    [InlineData("""{"type":"standardize","channels":1,"mean":[0],"scale":[1],"skale":3}""", "'frontEnd.skale': this key is not known here")]
    [InlineData("""{"type":"vector","bounds":{"y":[0,1]}}""", "'frontEnd.bounds.y': this key is not known here")]
    [InlineData("""{"type":"vector","bounds":3}""", "'frontEnd.bounds': found 3, expected an object")]
    [InlineData("""{"type":"letters","symbols":["a"],"start":0,"end":0}""", "an input 'ids' of int64 with 1 elements")]
    [InlineData("""{"type":"letters","symbols":["ab"],"start":0,"end":0}""", "a symbol of several letters")]
    [InlineData("""{"type":"letters","symbols":["a","a"],"start":0,"end":0}""", "the same letter twice")]
    [InlineData("""{"type":"nucleotides"}""", "one input of float32 with 4 elements")]
    [InlineData("""{"type":"word-window","back":1,"ahead":2,"buckets":10,"grams":[3]}""", "an input 'ids' of int64")]
    [InlineData("""{"type":"word-window","back":1,"ahead":-2,"buckets":10,"grams":[3]}""", "'frontEnd.ahead': found -2, expected a whole number from 0 to 16")]
    [InlineData("""{"type":"word-window","back":1,"ahead":2,"buckets":10,"grams":[30]}""", "'frontEnd.grams': found a length outside")]
    public void Bad_card_is_refused_with_the_key_path(string json, string problem)
    {
        CardException error = Assert.Throws<CardException>(() => new Inputs(Inputs.Floats("x", 1)).Create(json));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Front_ends_of_one_card_share_nothing()
    {
        Inputs inputs = new(Inputs.Floats("x", 1));
        Func<IFrontEnd> create = FrontEndCatalog.Create("vector", default, inputs.Signature);
        IFrontEnd first = create();
        first.Accept(Inputs.Values(1), 0);
        StepNote note = default;
        Assert.False(create().TryNext(inputs.Next, ref note));
        Assert.True(first.TryNext(inputs.Next, ref note));
    }
}
