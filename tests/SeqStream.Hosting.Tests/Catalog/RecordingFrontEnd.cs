using SeqStream.Contracts;
using SeqStream.Plan;
using SeqStream.State;

namespace SeqStream.Hosting.Tests.Catalog;

/// <summary>A front end that keeps what another one feeds a model with.</summary>
internal sealed class RecordingFrontEnd(IFrontEnd inner, StepSignature signature, Dictionary<string, List<double[]>> steps) : IFrontEnd
{
    public FrameVerdict Accept(FramePayload payload, double time) => inner.Accept(payload, time);

    public bool TryNext(StepInputs inputs, ref StepNote note)
    {
        if (!inner.TryNext(inputs, ref note)) return false;
        for (int port = 0; port < signature.Inputs.Length; port++)
        {
            StepPort input = signature.Inputs[port];
            double[] values = input.Type == ElementType.Float32 ? [.. inputs.Floats(port)] : [.. inputs.Integers(port)];
            steps[input.Name].Add(values);
        }
        return true;
    }

    public void End() => inner.End();

    public void Reset() => inner.Reset();

    public void Save(StateWriter writer) => inner.Save(writer);

    public void Restore(ref StateReader reader) => inner.Restore(ref reader);
}
