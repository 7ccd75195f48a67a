using SeqStream.Contracts;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Writing;
using SeqStream.Ort;
using SeqStream.Ort.Stepping;
using SeqStream.Plan;

namespace SeqStream.Hosting.Catalog;

/// <summary>Gives the compiled step of a model to ONNX Runtime.</summary>
internal static class WrittenPrograms
{
    /// <summary>On the processor: with ONNX's recurrent operators, and states in host memory.</summary>
    public static OrtProgram OnProcessor(OrtLibrary library, LoweringResult lowering, OrtSessionOptions options)
    {
        StepModelFile file = StepModelWriter.Write(lowering, new StepModelOptions { Streams = null });
        OrtSession session = OrtSession.Load(library, file.Bytes, lowering.File, options);
        try
        {
            return new OrtProgram(session, new OrtStepModel { States = [.. file.States.Select(static state => new OrtStatePair(state.Input, state.Output, state.Initial))] });
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>On another device: without recurrent operators, which few providers have, and with the states in the device's memory.</summary>
    public static OrtResidentProgram OnDevice(OrtLibrary library, LoweringResult lowering, OrtSessionOptions options)
    {
        StepPlan plan = lowering.PlanOrThrow();
        ResidentModelFiles files = StepModelWriter.WriteResident(lowering, decompose: true);
        StepSignature signature = new(plan.Name, plan.Id, files.Step.Inputs, files.Step.Outputs, plan.Layout) { Constants = plan.Constants };
        return new OrtResidentProgram(
            library,
            new OrtResidentModel(files.Step.Bytes, files.Read, files.Write, signature, [.. files.Step.States.Select(static state => new OrtStatePair(state.Input, state.Output, state.Initial))], ResidentModelFiles.Slots, ResidentModelFiles.RowsSuffix),
            options);
    }
}
