using System.Collections.Immutable;
using SeqStream.Contracts;
using SeqStream.Execution;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Ort;
using SeqStream.Plan;

namespace SeqStream.Hosting.Verification;

/// <summary>One call of a model on a whole sequence by the native executor, every value kept.</summary>
internal sealed class WholeSequence
{
    private readonly OnnxModel _model;
    private readonly LoweringResult _lowering;

    /// <param name="model">The model.</param>
    /// <param name="stepped">Its compiled steps, whose sizes and constants are taken over.</param>
    /// <param name="frames">Length of the sequence.</param>
    public WholeSequence(OnnxModel model, LoweringResult stepped, int frames)
    {
        _model = model;
        LoweringOptions options = new() { Dimensions = stepped.Options.Dimensions, Constants = stepped.Options.Constants };
        if (stepped.TimeDimension is { } time) options = options with { Dimensions = options.Dimensions.SetItem(time, frames) };
        _lowering = OnnxLowering.LowerWhole(model, options);
    }

    /// <summary>Random inputs of the sequence.</summary>
    public ImmutableArray<OrtTensor> Draw(InputRanges ranges, Random random)
        => [.. _lowering.PlanOrThrow().Inputs.Select(input => ranges.Draw(input.Name, input.Type, [.. input.Shape.Dimensions.Select(static size => (long)size)], random))];

    /// <summary>What ONNX Runtime needs beside those: inputs that were bound to one value.</summary>
    public ImmutableArray<OrtTensor> Constants
        => [.. _lowering.PlanOrThrow().Constants.Select(static constant => new OrtTensor(constant.Name, constant.Value.Type, [.. constant.Value.Shape.Dimensions.Select(static size => (long)size)], constant.Value.Bytes.ToArray()))];

    /// <summary>Runs it; answers all values by name.</summary>
    public Dictionary<string, OrtTensor> Run(ImmutableArray<OrtTensor> inputs)
    {
        WatchedPlan watched = WatchedPlan.Of(_lowering);
        using IStepExecutor executor = NativeProgram.Bind(watched.Plan).CreateExecutor(1, 1);
        for (int port = 0; port < inputs.Length; port++) inputs[port].Bytes.CopyTo(executor.Input(port, 0));
        int slot = executor.Rent();
        executor.Step([slot]);
        Dictionary<string, OrtTensor> values = new(StringComparer.Ordinal);
        for (int port = 0; port < watched.Values.Length; port++)
        {
            (string name, Wire wire) = (watched.Values[port].Time.Name, watched.Values[port].Wire);
            values[name] = new OrtTensor(name, wire.Type, [.. wire.Shape.Dimensions.Select(static size => (long)size)], executor.Output(port, 0).ToArray());
        }
        return values;
    }

    /// <summary>The values that the model's own graph makes, in its order, with the nodes that make them.</summary>
    public IEnumerable<(LoweredNode Node, string Value)> Values
    {
        get
        {
            HashSet<string> own = [.. _model.Graph.Nodes.SelectMany(static node => node.Outputs)];
            return WatchedPlan.Of(_lowering).Values.Where(value => own.Contains(value.Time.Name)).Select(value => (_lowering.Nodes.First(node => node.Outputs.Contains(value)), value.Time.Name));
        }
    }
}
