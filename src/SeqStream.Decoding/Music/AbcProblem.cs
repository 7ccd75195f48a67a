namespace SeqStream.Decoding.Music;

/// <summary>A place of an ABC text that says nothing playable.</summary>
/// <param name="Line">Line, from 1.</param>
/// <param name="Column">Character of the line, from 1.</param>
/// <param name="Problem">What was found and what was expected.</param>
public sealed record AbcProblem(int Line, int Column, string Problem)
{
    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"line {Line}, column {Column}: {Problem}");
}
