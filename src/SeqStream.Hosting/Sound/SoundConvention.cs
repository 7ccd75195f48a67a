using SeqStream.Onnx.Reading;
using SeqStream.Plan;

namespace SeqStream.Hosting.Sound;

/// <summary>How a published model listens, where its file leaves that to the program around it: at each rate, how many fresh samples a step takes and how many of the step before stand in front of them.</summary>
/// <param name="Input">The input of the samples.</param>
/// <param name="Windows">What the model knows, the best first.</param>
internal sealed record SoundConvention(string Input, (int RateHz, int Hop, int Context)[] Windows)
{
    /// <summary>Silero VAD from version 5 on: the source of the figures is its own <c>utils_vad.py</c>.</summary>
    private static readonly SoundConvention s_silero = new("input", [(16000, 512, 64), (8000, 256, 32)]);

    /// <summary>Recognises a model by its inputs; null if it is none that is known.</summary>
    public static SoundConvention? Of(OnnxModel model)
    {
        bool isSilero = Has(model, "input", ElementType.Float32, rank: 2) && Has(model, "state", ElementType.Float32, rank: 3) && Has(model, "sr", ElementType.Int64, rank: 0);
        return isSilero ? s_silero : null;
    }

    /// <summary>The window at a rate; null if the model does not know the rate.</summary>
    public (int RateHz, int Hop, int Context)? At(int rateHz)
    {
        foreach (var window in Windows)
        {
            if (window.RateHz == rateHz) return window;
        }
        return null;
    }

    private static bool Has(OnnxModel model, string name, ElementType type, int rank)
        => model.Graph.Inputs.Any(input => input.Name == name && input.Type == type && input.HasRank && input.Dimensions.Length == rank);
}
