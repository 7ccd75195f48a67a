namespace SeqStream.Cells;

/// <summary>Which way a recurrent operator walks through a sequence.</summary>
public enum SequenceDirection
{
    /// <summary>From the first step to the last.</summary>
    Forward,
    /// <summary>From the last valid step to the first.</summary>
    Reverse,
    /// <summary>Both, with separate weights; the outputs lie side by side.</summary>
    Bidirectional,
}
