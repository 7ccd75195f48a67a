using System.Collections.Immutable;
using System.Runtime.InteropServices;
using SeqStream.Onnx.Reading;
using SeqStream.Plan;

namespace SeqStream.Onnx.Lowering;

/// <summary>
/// Lowers the nodes of a graph in order for given input wires: folds what is constant, inlines branches whose condition is constant, and goes on after a
/// node that cannot be lowered, so that one refusal names every blocking node.
/// </summary>
internal sealed class GraphWalk
{
    private const int MostRefusals = 500;

    private readonly OnnxModel _model;
    private readonly OperatorRule _recurrent;
    private readonly ConstantFolding _folding;
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly List<TraceStep> _steps = [];
    private readonly Dictionary<string, int> _copies = new(StringComparer.Ordinal);
    private readonly List<Blocker> _refusals = [];

    private readonly Func<NodeContext, OperatorRule, Lowered>? _rewrite;
    private readonly Predicate<OnnxNode>? _staysLive;

    private GraphWalk(OnnxModel model, OperatorRule recurrent, ConstantFolding folding, Func<NodeContext, OperatorRule, Lowered>? rewrite, Predicate<OnnxNode>? staysLive)
    {
        _rewrite = rewrite;
        _staysLive = staysLive;
        _model = model;
        _recurrent = recurrent;
        _folding = folding;
    }

    /// <summary>Lowers a model's graph.</summary>
    /// <param name="model">The model.</param>
    /// <param name="inputs">A wire for each of the graph's inputs.</param>
    /// <param name="recurrent">The rule for RNN, GRU and LSTM.</param>
    /// <param name="folding">Keeps folded constants between walks.</param>
    /// <param name="rewrite">Lowers the nodes that do not depend on constants alone, given each operator's own rule; null for that rule.</param>
    /// <param name="staysLive">Nodes that <paramref name="rewrite"/> lowers even if they depend on constants alone; null for none.</param>
    public static GraphTrace Trace(
        OnnxModel model, IReadOnlyDictionary<string, Wire> inputs, OperatorRule recurrent, ConstantFolding folding, Func<NodeContext, OperatorRule, Lowered>? rewrite = null, Predicate<OnnxNode>? staysLive = null)
    {
        folding.Budget.Visit(inputs.Count);
        GraphWalk walk = new(model, recurrent, folding, rewrite, staysLive);
        Scope scope = new(model.Graph, outer: null);
        foreach ((string name, Wire wire) in inputs)
        {
            walk._names.Add(wire.Name);
            scope.Define(name, new ScopedWire(wire, Producer: null));
        }
        foreach (string name in model.Graph.Initializers.Keys) walk._names.Add(name);
        Dictionary<string, ScopedWire> outputs = new(StringComparer.Ordinal);
        List<Failure> failures = [];
        walk.Visit(model.Graph, scope);
        foreach (OnnxValue output in model.Graph.Outputs)
        {
            if (scope.Find(output.Name, out Failure? failure) is { } wire) outputs[output.Name] = wire;
            else failures.Add(failure ?? new Failure(new Blocker(output.Name, "", "nothing makes this output", "Repair the model"), []));
        }
        return new GraphTrace(inputs, walk._steps, outputs, [.. Failure.RootsOf(failures)]);
    }

    private void Visit(OnnxGraph graph, Scope scope)
    {
        foreach (OnnxNode node in graph.Nodes) Visit(node, scope);
    }

    private void Visit(OnnxNode node, Scope scope)
    {
        _folding.Budget.Visit(1);
        ImmutableArray<ScopedWire?> found = Resolve(node, scope, out List<Failure> failures);
        ImmutableArray<Wire?> inputs = [.. found.Select(static wire => wire?.Wire)];
        if (failures.Count == 0)
        {
            try
            {
                if (node is { Operator: "If", Domain: "" }) Inline(node, inputs, scope);
                else Define(scope, Lower(node, inputs, [.. found.Select(static wire => wire?.Producer).OfType<TraceStep>()]));
                return;
            }
            catch (LoweringException refusal)
            {
                failures.Add(new Failure(refusal.Blocker, []));
                _refusals.Add(refusal.Blocker);
                if (_refusals.Count == MostRefusals) throw new LoweringStop([.. _refusals]);
            }
        }
        Failure failure = failures.Count == 1 ? failures[0] : new Failure(null, failures);
        foreach (string output in node.Outputs) scope.Fail(output, failure);
    }

    private static ImmutableArray<ScopedWire?> Resolve(OnnxNode node, Scope scope, out List<Failure> failures)
    {
        failures = [];
        ImmutableArray<ScopedWire?>.Builder inputs = ImmutableArray.CreateBuilder<ScopedWire?>(node.Inputs.Length);
        foreach (string name in node.Inputs)
        {
            Failure? failure = null;
            ScopedWire? wire = name.Length == 0 ? null : scope.Find(name, out failure);
            inputs.Add(wire);
            if (wire is not null || name.Length == 0) continue;
            failures.Add(failure ?? new Failure(new Blocker(node.Name, node.Operator, $"it reads '{name}', which nothing before it makes", "Repair the model: a node must come after those it reads"), []));
        }
        return inputs.MoveToImmutable();
    }

    private static void Define(Scope scope, TraceStep step)
    {
        (OnnxNode node, ImmutableArray<Wire?> outputs) = (step.Node, step.Outputs);
        for (int index = 0; index < node.Outputs.Length; index++)
        {
            if (node.Outputs[index].Length == 0) continue;
            if (index < outputs.Length && outputs[index] is { } wire) scope.Define(node.Outputs[index], new ScopedWire(wire, step));
            else scope.Fail(node.Outputs[index], new Failure(new Blocker(node.Name, node.Operator, $"its output {index}, '{node.Outputs[index]}', is not supported", "Export the model without it"), []));
        }
    }

    private TraceStep Lower(OnnxNode node, ImmutableArray<Wire?> inputs, ImmutableArray<TraceStep> sources)
    {
        TraceStep step = new(node, (int)_model.Opsets.GetValueOrDefault(node.Domain, 1), inputs, sources, [], []);
        bool isFolded = step.HasConstantInputs && _staysLive?.Invoke(node) != true;
        if (isFolded && _folding.Recall(node, inputs) is { } known)
        {
            step = step with { Outputs = known };
        }
        else
        {
            NodeContext context = new(node, step.Opset, inputs, UniqueName) { Budget = _folding.Budget };
            Lowered lowered = Apply(context, isFolded);
            step = step with { Nodes = lowered.Nodes, Outputs = lowered.Outputs };
        }
        _steps.Add(step);
        return step;
    }

    /// <summary>What the node's rule makes of it; where its inputs are constant, the constants that this gives.</summary>
    private Lowered Apply(NodeContext context, bool isConstant)
    {
        OnnxNode node = context.Node;
        string key = node.Domain.Length == 0 ? node.Operator : $"{node.Domain}:{node.Operator}";
        OperatorRule? rule = RecurrentRule.IsRecurrent(node) ? _recurrent : OperatorRules.All.GetValueOrDefault(key);
        if (rule is null) throw context.Refuse($"operator {key} is not one that SeqStream's own executor knows", "Run the model with the executor 'onnxruntime', or replace the operator");
        try
        {
            if (!isConstant) return _rewrite is null ? rule(context) : _rewrite(context, rule);
            ImmutableArray<Wire?> inputs = [.. Enumerable.Range(0, context.InputCount).Select(context.OptionalInput)];
            return Lowered.Alias(_folding.Fold(context, inputs, rule(context)));
        }
        catch (Exception fault) when (fault is ArgumentException or InvalidOperationException or ArithmeticException or IndexOutOfRangeException)
        {
            string shapes = string.Join(", ", Enumerable.Range(0, context.InputCount).Select(index => context.OptionalInput(index)?.ToString() ?? "-"));
            throw new LoweringException(context.Refuse($"it does not fit its inputs ({shapes}): {fault.Message.TrimEnd('.')}", "Repair the model, or give other dimensions").Blocker, fault);
        }
    }

    private void Inline(OnnxNode node, ImmutableArray<Wire?> inputs, Scope scope)
    {
        int opset = (int)_model.Opsets.GetValueOrDefault(node.Domain, 1);
        NodeContext context = new(node, opset, inputs);
        ConstantTensor condition = context.ConstantInput(0, "condition");
        if (condition.Type != ElementType.Bool || condition.Shape.ElementCount != 1) throw context.Refuse($"its condition is {condition.Type.DisplayName()} {condition.Shape}; expected one bool", "Repair the model");
        string name = condition.Values<byte>()[0] != 0 ? "then_branch" : "else_branch";
        OnnxGraph graph = node.Attributes.GetValueOrDefault(name)?.Graph ?? throw context.Refuse($"it has no {name}", "Repair the model");
        Scope inner = new(graph, scope);
        Visit(graph, inner);
        for (int index = 0; index < node.Outputs.Length; index++)
        {
            if (node.Outputs[index].Length == 0) continue;
            Failure? failure = null;
            ScopedWire? wire = index < graph.Outputs.Length ? inner.Find(graph.Outputs[index].Name, out failure) : null;
            if (wire is not null) scope.Define(node.Outputs[index], wire);
            else scope.Fail(node.Outputs[index], failure ?? new Failure(context.Refuse($"its {name} does not make output {index}", "Repair the model").Blocker, []));
        }
    }

    private string UniqueName(string name)
    {
        string unique = name;
        while (!_names.Add(unique))
        {
            ref int copy = ref CollectionsMarshal.GetValueRefOrAddDefault(_copies, name, out bool isKnown);
            copy = isKnown ? copy + 1 : 2;
            unique = $"{name}~{copy}";
        }
        return unique;
    }
}
