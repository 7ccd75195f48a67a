using System.Collections.Immutable;
using SeqStream.Onnx.Lowering;
using SeqStream.Ort;
using SeqStream.Ort.Stepping;

namespace SeqStream.Hosting.Catalog;

/// <summary>Tells ONNX Runtime to step a model as the compiler understood it: the same state pairs, sizes and constants.</summary>
internal static class OrtStepModels
{
    /// <summary>The description of a compiled or refused step model.</summary>
    public static OrtStepModel Of(LoweringResult lowering)
    {
        OrtStepModel model = new() { States = [.. lowering.States.Select(static pair => new OrtStatePair(pair.Input, pair.Output, pair.InitialValue))] };
        LoweringOptions given = lowering.Options;
        if (given.Dimensions.IsEmpty && given.Constants.IsEmpty) return model;
        return model with
        {
            Dimensions = given.Dimensions.ToImmutableDictionary(static pair => pair.Key, static pair => (long)pair.Value),
            BatchDimensions = lowering.BatchDimensions,
            Constants = [.. given.Constants.Select(static pair => new OrtTensor(pair.Key, pair.Value.Type, [.. pair.Value.Shape.Dimensions.ToArray().Select(static size => (long)size)], pair.Value.Bytes.ToArray()))],
        };
    }
}
