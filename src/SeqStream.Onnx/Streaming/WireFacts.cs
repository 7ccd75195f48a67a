namespace SeqStream.Onnx.Streaming;

/// <summary>What is known of one value of a whole-sequence model.</summary>
/// <param name="Kind">What it has to do with time.</param>
/// <param name="Axis">The time axis of a value that has one, otherwise -1.</param>
/// <param name="Slope">How many elements its time axis grows by when the stream grows by one step; 0 without a time axis.</param>
internal readonly record struct WireFacts(TimeKind Kind, int Axis, int Slope)
{
    /// <summary>A value that does not depend on the stream.</summary>
    public static WireFacts Fixed => new(TimeKind.Fixed, -1, 0);

    /// <summary>A value that belongs to the last step.</summary>
    public static WireFacts LastStep => new(TimeKind.LastStep, -1, 0);

    /// <summary>A state before the first step.</summary>
    public static WireFacts Initial => new(TimeKind.Initial, -1, 0);

    /// <summary>A value with one element of its time axis for each step.</summary>
    public static WireFacts EveryStep(int axis) => new(TimeKind.EveryStep, axis, 1);
}
