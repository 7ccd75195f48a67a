namespace SeqStream.FrontEnds.Audio;

/// <summary>What a window of n samples is multiplied with, for sample i.</summary>
public enum WindowShape
{
    /// <summary>0.5 - 0.5 cos(2 pi i / n).</summary>
    Hann,
    /// <summary>0.54 - 0.46 cos(2 pi i / n).</summary>
    Hamming,
    /// <summary>1.</summary>
    Rectangle,
}
