using System.Collections.Immutable;
using SeqStream.Contracts;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Ort;

namespace SeqStream.Hosting.Verification;

/// <summary>
/// Proves, for random inputs, that a model's steps are the model: a compiled whole-sequence model against whole sequences, value by value; a step model against ONNX Runtime, step by step.
/// Several streams share batches and begin at different times; behind the end they are fed with NaN.
/// </summary>
public static class ModelVerifier
{
    /// <summary>Verifies a model.</summary>
    /// <param name="path">The model's file.</param>
    /// <param name="lowering">Its compiled steps.</param>
    /// <param name="bounds">Ranges of integer inputs, where somebody knows them.</param>
    /// <param name="options">Rounds, streams, lengths, tolerances.</param>
    /// <exception cref="ModelNotStreamableException">There are no steps to verify.</exception>
    /// <exception cref="OrtLibraryNotFoundException">A step model can only be compared with ONNX Runtime, which is not there.</exception>
    public static VerificationReport Verify(string path, LoweringResult lowering, ImmutableArray<(string Input, long Least, long Greatest)> bounds, VerificationOptions options)
    {
        ArgumentNullException.ThrowIfNull(lowering);
        ArgumentNullException.ThrowIfNull(options);
        lowering.PlanOrThrow();
        OnnxModel model = OnnxModel.Load(path);
        InputRanges ranges = new(model, bounds);
        return lowering.Form == StreamForm.Step
            ? new StepVerification(path, model, lowering, ranges, options).Run()
            : new SequenceVerification(path, model, lowering, ranges, options).Run();
    }
}
