using System.Collections.Immutable;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.TestSupport;

namespace SeqStream.Oracles;

/// <summary>Third-party step models, compiled for what their first record would show.</summary>
internal static class PublishedModels
{
    private const int SampleRate = 16000, Hop = 512, Context = 64;

    /// <summary>A voice activity model at 16 kHz.</summary>
    public static LoweringResult Voice(string name)
    {
        OnnxModel model = OnnxModel.Load(SharedFolder.Require($"models/silero-vad/{name}.onnx"));
        return OpenInputs.Bind(model, OnnxLowering.Lower(model), new RecordShape
        {
            Counts = ImmutableDictionary<string, int>.Empty.Add("input", Context + Hop).Add("sr", 1),
            Integers = ImmutableDictionary<string, long>.Empty.Add("sr", SampleRate),
        });
    }

    /// <summary>A stage of a noise suppressor.</summary>
    public static LoweringResult NoiseSuppression(string name) => OnnxLowering.Lower(OnnxModel.Load(SharedFolder.Require($"models/dtln/{name}.onnx")));
}
