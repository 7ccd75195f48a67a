namespace SeqStream.Decoding.Strokes;

/// <summary>What the pen does after a point.</summary>
public enum PenState
{
    /// <summary>Goes on to the next point.</summary>
    Draws,
    /// <summary>Lifts: the next point begins a stroke.</summary>
    Lifts,
    /// <summary>The drawing was complete with the point before; this one has no place.</summary>
    Ends,
}
