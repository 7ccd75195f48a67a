namespace SeqStream.Contracts;

/// <summary>What an emission says.</summary>
public enum EmissionKind
{
    /// <summary>The plain outputs of a step.</summary>
    Outputs,
    /// <summary>A label for a step or a piece of text.</summary>
    Label,
    /// <summary>Text that was recognised, translated or generated.</summary>
    Text,
    /// <summary>The sequence is complete; nothing of it follows.</summary>
    End,
    /// <summary>Says nothing about a stream: the sink calls <see cref="Emission.Barrier"/> once everything before it is delivered. Only routes that keep checkpoints have them.</summary>
    Barrier,
}
