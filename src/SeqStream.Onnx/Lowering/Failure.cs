namespace SeqStream.Onnx.Lowering;

/// <summary>Why a value could not be lowered: a blocker of its own node, or failures of what the node reads.</summary>
internal sealed record Failure(Blocker? Own, IReadOnlyList<Failure> Causes)
{
    /// <summary>The blockers at the root of some failures, each once.</summary>
    public static List<Blocker> RootsOf(IEnumerable<Failure> failures)
    {
        List<Blocker> roots = [];
        HashSet<Blocker> known = [];
        HashSet<Failure> seen = new(ReferenceEqualityComparer.Instance);
        Stack<Failure> open = new(failures.Reverse());
        while (open.TryPop(out Failure? failure))
        {
            if (!seen.Add(failure)) continue;
            if (failure.Own is not null && known.Add(failure.Own)) roots.Add(failure.Own);
            foreach (Failure cause in failure.Causes.Reverse()) open.Push(cause);
        }
        return roots;
    }
}
