namespace SeqStream.Operators.Movement;

/// <summary>What fills the border of a padded tensor.</summary>
public enum PadMode
{
    /// <summary>One value.</summary>
    Constant,
    /// <summary>The nearest element.</summary>
    Edge,
    /// <summary>The elements mirrored at the first and last one, which are not repeated.</summary>
    Reflect,
    /// <summary>The elements of the other end.</summary>
    Wrap,
}
