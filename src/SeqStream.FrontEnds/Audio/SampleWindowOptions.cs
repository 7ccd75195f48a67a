using SeqStream.Contracts;
using SeqStream.Plan;

namespace SeqStream.FrontEnds.Audio;

/// <summary>What a <see cref="SampleWindowFrontEnd"/> writes.</summary>
/// <param name="RateHz">Sample rate that frames must have, in Hz.</param>
/// <param name="Hop">Fresh samples of a step.</param>
/// <param name="Context">Samples of the step before that stand in front of them; silence at the beginning.</param>
/// <param name="Scale">What samples are multiplied with.</param>
/// <param name="PadsEnd">True to fill the last step up with silence; false to leave out what does not fill one.</param>
/// <param name="Port">The input of the samples, float32.</param>
public sealed record SampleWindowOptions(int RateHz, int Hop, int Context, float Scale, bool PadsEnd, int Port)
{
    /// <summary>Reads <c>rate</c>, <c>hop</c>, <c>context</c> (0), <c>scale</c> (1), <c>padEnd</c> (false) and <c>input</c> (a name; default: the only input).</summary>
    /// <exception cref="CardException">A parameter is wrong or the model lacks the input.</exception>
    public static SampleWindowOptions Read(CardSection card, StepSignature signature)
    {
        ArgumentNullException.ThrowIfNull(card);
        ArgumentNullException.ThrowIfNull(signature);
        int rate = (int)card.Whole("rate", 1000, 384_000);
        int hop = (int)card.Whole("hop", 1, 1 << 20);
        int context = (int)card.Whole("context", 0, 1 << 20, 0);
        float scale = (float)card.Number("scale", -1e6, 1e6, 1);
        int port = PortFit.Require(card, signature, card.Text("input", ""), ElementType.Float32, context + hop);
        return new SampleWindowOptions(rate, hop, context, scale, card.Flag("padEnd", false), port);
    }
}
