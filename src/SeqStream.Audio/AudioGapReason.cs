namespace SeqStream.Audio;

/// <summary>Why samples were lost.</summary>
public enum AudioGapReason
{
    /// <summary>Nothing was lost.</summary>
    None,
    /// <summary>The reader was slower than the device, whose buffer ran over.</summary>
    Overrun,
    /// <summary>The machine or the device slept.</summary>
    Suspend,
    /// <summary>The device was gone and was opened again.</summary>
    DeviceLost,
    /// <summary>The source sent samples that are no numbers; their whole block was refused.</summary>
    BadSamples,
}
