using SeqStream.Contracts;

namespace SeqStream.Decoding;

public sealed class DecoderCatalogTests
{
    [Theory]
    [InlineData("""{"type":"oracle"}""", "'decoder.type': the decoder 'oracle' is not known. Known decoders: vector, ")]
    [InlineData("""{"type":"labels","at":"noon"}""", "'decoder.at': found 'noon', expected 'every-step', 'end' or 'running'")]
    [InlineData("""{"type":"labels","output":"z"}""", "an output 'z' of float32 with 2 scores, one for each label, but model 'model.onnx' has y float32 [1, 2]")]
    [InlineData("""{"type":"labels","lag":2}""", "'decoder.lag': this key is not known here")]
    [InlineData("""{"type":"bio-tags","start":[0,0],"end":[0,0],"transitions":[[0,0],[0,0]]}""", "'decoder.lag': the key is missing")]
    [InlineData("""{"type":"bio-tags","lag":1,"start":[0,0],"end":[0,0],"transitions":[[0,0]]}""", "'decoder.transitions': found 1, expected 2 lists of 2 numbers")]
    [InlineData("""{"type":"bio-tags","lag":1,"start":[0],"end":[0,0],"transitions":[[0,0],[0,0]]}""", "'decoder.start': found 1, expected a list of 2 numbers")]
    public void Bad_card_is_refused_with_the_key_path(string json, string problem)
    {
        using Outputs outputs = new(Outputs.Floats("y", 2));
        CardException error = Assert.Throws<CardException>(() => outputs.Create(json, "a", "b"));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_must_match_the_scores()
    {
        using Outputs outputs = new(Outputs.Floats("y", 2));
        Assert.Contains("needs 'labels'", Assert.Throws<CardException>(() => outputs.Create("""{"type":"labels"}""")).Message, StringComparison.Ordinal);
        Assert.Contains("3 scores", Assert.Throws<CardException>(() => outputs.Create("""{"type":"labels"}""", "a", "b", "c")).Message, StringComparison.Ordinal);
    }
}
