using System.Collections.Immutable;
using SeqStream.Onnx.Lowering.Control;
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
    private readonly WalkRules _rules;
    private readonly ConstantFolding _folding;
    private readonly WireNames _names;
    private readonly List<TraceStep> _steps = [];
    private readonly List<Blocker> _refusals = [];
    private bool _isBody;

    private readonly Func<NodeContext, OperatorRule, Lowered>? _rewrite;
    private readonly Predicate<OnnxNode>? _staysLive;

    private GraphWalk(OnnxModel model, WalkRules rules, ConstantFolding folding, WireNames names, Func<NodeContext, OperatorRule, Lowered>? rewrite, Predicate<OnnxNode>? staysLive)
    {
        _rewrite = rewrite;
        _staysLive = staysLive;
        _model = model;
        _rules = rules;
        _names = names;
        _folding = folding;
    }

    /// <summary>Lowers a model's graph.</summary>
    /// <param name="model">The model.</param>
    /// <param name="inputs">A wire for each of the graph's inputs.</param>
    /// <param name="rules">How it lowers what has more than one way.</param>
    /// <param name="folding">Keeps folded constants between walks.</param>
    /// <param name="rewrite">Lowers the nodes that do not depend on constants alone, given each operator's own rule; null for that rule.</param>
    /// <param name="staysLive">Nodes that <paramref name="rewrite"/> lowers even if they depend on constants alone; null for none.</param>
    public static GraphTrace Trace(
        OnnxModel model, IReadOnlyDictionary<string, Wire> inputs, WalkRules rules, ConstantFolding folding, Func<NodeContext, OperatorRule, Lowered>? rewrite = null, Predicate<OnnxNode>? staysLive = null)
    {
        folding.Budget.Visit(inputs.Count);
        GraphWalk walk = new(model, rules, folding, new WireNames(), rewrite, staysLive);
        Scope scope = new(model.Graph, outer: null);
        foreach ((string name, Wire wire) in inputs)
        {
            walk._names.Add(wire.Name);
            scope.Define(name, new ScopedWire(wire, Producer: null));
        }
        foreach (string name in model.Graph.Initializers.Keys) walk._names.Add(name);
        return walk.Trace(model.Graph, inputs, scope, [.. model.Graph.Outputs.Select(static output => output.Name)]);
    }

    private GraphTrace Trace(OnnxGraph graph, IReadOnlyDictionary<string, Wire> inputs, Scope scope, ImmutableArray<string> wanted)
    {
        Dictionary<string, ScopedWire> outputs = new(StringComparer.Ordinal);
        List<Failure> failures = [];
        Visit(graph, scope);
        foreach (string name in wanted)
        {
            if (scope.Find(name, out Failure? failure) is { } wire) outputs[name] = wire;
            else failures.Add(failure ?? new Failure(new Blocker(name, "", "nothing makes this output", "Repair the model"), []));
        }
        return new GraphTrace(inputs, _steps, outputs, [.. Failure.RootsOf(failures)]);
    }

    /// <summary>The body of a Scan or Loop: what it reads from outside is known, and nothing of it is rewritten.</summary>
    private GraphTrace TraceBody(OnnxGraph body, IReadOnlyDictionary<string, Wire> known, ImmutableArray<string> wanted)
    {
        GraphWalk walk = new(_model, _rules with { RunsBothBranches = true }, _folding, _names, rewrite: null, staysLive: null) { _isBody = true };
        Scope scope = new(body, outer: null);
        foreach ((string name, Wire wire) in known) scope.Define(name, new ScopedWire(wire, Producer: null));
        return walk.Trace(body, known, scope, wanted);
    }

    private void Visit(OnnxGraph graph, Scope scope)
    {
        foreach (OnnxNode node in graph.Nodes) Visit(node, scope);
    }

    private void Visit(OnnxNode node, Scope scope)
    {
        _folding.Budget.Visit(1);
        ImmutableArray<ScopedWire?> found = Resolve(node, BodyNames.InputsOf(node), scope, out List<Failure> failures);
        ImmutableArray<Wire?> inputs = [.. found.Select(static wire => wire?.Wire)];
        if (failures.Count == 0)
        {
            try
            {
                if (_isBody && !_rules.Bodies.TryTake()) throw new LoweringException(new Blocker(node.Name, node.Operator, "the nested graphs around it are too many, or make too many trips, to be written out", "Use fewer trips or nest the graphs less deeply"));
                if (node is { Operator: "If", Domain: "" }) Branch(node, found.IsDefaultOrEmpty ? null : found[0], scope);
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

    private static ImmutableArray<ScopedWire?> Resolve(OnnxNode node, ImmutableArray<string> names, Scope scope, out List<Failure> failures)
    {
        failures = [];
        ImmutableArray<ScopedWire?>.Builder inputs = ImmutableArray.CreateBuilder<ScopedWire?>(names.Length);
        foreach (string name in names)
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
            NodeContext context = new(node, step.Opset, inputs, _names.Unique, TraceBody) { Budget = _folding.Budget };
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
        OperatorRule? rule = RecurrentRule.IsRecurrent(node) ? _rules.Recurrent : OperatorRules.All.GetValueOrDefault(key);
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

    /// <summary>An If: one branch in its place where the condition is constant, else both and a choice.</summary>
    private void Branch(OnnxNode node, ScopedWire? condition, Scope scope)
    {
        int opset = (int)_model.Opsets.GetValueOrDefault(node.Domain, 1);
        NodeContext context = new(node, opset, [condition?.Wire]);
        if (_rules.RunsBothBranches && context.Input(0).Constant is null)
        {
            Choose(node, context, condition!, scope);
            return;
        }
        ConstantTensor value = context.ConstantInput(0, "condition");
        if (value.Type != ElementType.Bool || value.Shape.ElementCount != 1) throw context.Refuse($"its condition is {value.Type.DisplayName()} {value.Shape}; expected one bool", "Repair the model");
        Inline(context, value.Values<byte>()[0] != 0 ? "then_branch" : "else_branch", scope, (output, wire, failure) =>
        {
            if (wire is not null) scope.Define(node.Outputs[output], wire);
            else scope.Fail(node.Outputs[output], failure!);
        });
    }

    private void Choose(OnnxNode node, NodeContext context, ScopedWire condition, Scope scope)
    {
        List<ScopedWire> found = [condition];
        List<Failure> failures = [];
        foreach (string branch in (ReadOnlySpan<string>)["then_branch", "else_branch"])
        {
            Inline(context, branch, scope, (_, wire, failure) =>
            {
                if (wire is not null) found.Add(wire);
                else failures.Add(failure!);
            });
        }
        if (failures.Count == 0 && node.Outputs.Contains("")) throw context.Refuse("it leaves an output unnamed", "Export the model without it");
        if (failures.Count > 0) throw new LoweringException(Failure.RootsOf(failures)[0]);
        Define(scope, Lower(node, [.. found.Select(static wire => wire.Wire)], [.. found.Select(static wire => wire.Producer).OfType<TraceStep>()]));
    }

    private void Inline(NodeContext context, string name, Scope scope, Action<int, ScopedWire?, Failure?> give)
    {
        OnnxGraph graph = context.Node.Attributes.GetValueOrDefault(name)?.Graph ?? throw context.Refuse($"it has no {name}", "Repair the model");
        Scope inner = new(graph, scope);
        Visit(graph, inner);
        for (int index = 0; index < context.Node.Outputs.Length; index++)
        {
            if (context.Node.Outputs[index].Length == 0) continue;
            Failure? failure = null;
            ScopedWire? wire = index < graph.Outputs.Length ? inner.Find(graph.Outputs[index].Name, out failure) : null;
            give(index, wire, wire is null ? failure ?? new Failure(context.Refuse($"its {name} does not make output {index}", "Repair the model").Blocker, []) : null);
        }
    }
}
