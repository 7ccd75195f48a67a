using SeqStream.Onnx.Reading;
using SeqStream.Plan;

namespace SeqStream.Onnx.Lowering;

/// <summary>The values a graph's nodes can read: its own, and those of the graphs around it.</summary>
internal sealed class Scope(OnnxGraph graph, Scope? outer)
{
    private readonly Dictionary<string, ScopedWire> _wires = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Failure> _failures = new(StringComparer.Ordinal);

    /// <summary>Defines a value.</summary>
    public void Define(string name, ScopedWire wire) => _wires[name] = wire;

    /// <summary>Says that a value could not be made.</summary>
    public void Fail(string name, Failure failure) => _failures[name] = failure;

    /// <summary>Finds a value or why there is none.</summary>
    public ScopedWire? Find(string name, out Failure? failure)
    {
        for (Scope? scope = this; scope is not null; scope = scope.Outer)
        {
            if (scope._wires.TryGetValue(name, out ScopedWire? wire))
            {
                failure = null;
                return wire;
            }
            if (scope._failures.TryGetValue(name, out failure)) return null;
            if (scope.FindInitializer(name, out wire, out failure)) return wire;
        }
        failure = null;
        return null;
    }

    private Scope? Outer => outer;

    private bool FindInitializer(string name, out ScopedWire? wire, out Failure? failure)
    {
        wire = null;
        failure = null;
        if (!graph.Initializers.TryGetValue(name, out OnnxTensor? tensor)) return false;
        if (tensor.Value is not null)
        {
            wire = new ScopedWire(new Wire(name, tensor.Value), Producer: null);
            Define(name, wire);
        }
        else
        {
            failure = new Failure(new Blocker(name, "", $"the stored tensor cannot be used: {tensor.Refusal}", "Export the model with float32, integer or bool tensors"), []);
        }
        return true;
    }
}
