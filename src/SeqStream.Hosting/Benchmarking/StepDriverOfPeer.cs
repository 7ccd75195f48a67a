using System.Runtime.CompilerServices;
using SeqStream.Ort.Stepping;
using SeqStream.Plan;

namespace SeqStream.Hosting.Benchmarking;

/// <summary>Steps a batch through ONNX Runtime in its own best way: inputs, outputs and states bound once, states swapped from step to step.</summary>
internal sealed class StepDriverOfPeer : IDisposable
{
    private readonly OrtStepper _stepper;

    public StepDriverOfPeer(OrtProgram program, int batch)
    {
        _stepper = program.CreateStepper(batch);
        Batch = batch;
        Random random = new(3);
        for (int port = 0; port < program.Signature.Inputs.Length; port++)
        {
            if (program.Signature.Inputs[port].Type != ElementType.Float32) continue;
            foreach (ref float value in _stepper.Input<float>(port)) value = 2 * random.NextSingle() - 1;
        }
    }

    /// <summary>Lanes of a step.</summary>
    public int Batch { get; }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int steps)
    {
        for (int step = 0; step < steps; step++) _stepper.Step();
    }

    public void Dispose() => _stepper.Dispose();
}
