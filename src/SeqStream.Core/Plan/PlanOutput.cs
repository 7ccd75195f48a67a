namespace SeqStream.Plan;

/// <summary>A named output of a plan and the wire that carries it.</summary>
/// <param name="Name">The model's name for the output.</param>
/// <param name="Wire">The wire; it may be shared with another output, or be an input or a constant.</param>
public sealed record PlanOutput(string Name, Wire Wire);
