namespace SeqStream.Cells;

/// <summary>An activation function with its parameters, already filled with ONNX's defaults where the model gives none.</summary>
/// <param name="Kind">The function.</param>
/// <param name="Alpha">First parameter; unused by functions without one.</param>
/// <param name="Beta">Second parameter; unused by functions without one.</param>
public readonly record struct CellActivation(ActivationKind Kind, float Alpha = 0, float Beta = 0);
