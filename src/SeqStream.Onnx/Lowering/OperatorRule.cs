namespace SeqStream.Onnx.Lowering;

/// <summary>
/// Lowers one ONNX node. The output shapes must follow from the context alone, for any static shapes of the inputs: the same rule also traces shapes.
/// A rule does not fold constants: where all inputs are constant the lowering runs the rule's nodes once and keeps the results.
/// </summary>
/// <exception cref="LoweringException">The node cannot be lowered; <see cref="NodeContext.Refuse"/> makes it.</exception>
public delegate Lowered OperatorRule(NodeContext node);
