using System.Collections.Frozen;
using SeqStream.Onnx.Writing.Nodes;
using SeqStream.Operators;
using SeqStream.Operators.Elementwise;
using SeqStream.Operators.Indexing;
using SeqStream.Operators.Matrix;
using SeqStream.Operators.Movement;
using SeqStream.Operators.Normalization;
using SeqStream.Operators.Reduction;
using SeqStream.Operators.Streaming;
using SeqStream.Operators.Windows;
using SeqStream.Plan;

namespace SeqStream.Onnx.Writing;

/// <summary>The table of plan nodes that can be written, each with its writer.</summary>
internal static class NodeWriters
{
    private static readonly FrozenDictionary<Type, Action<StepGraph, StepNode>> s_all = new Dictionary<Type, Action<StepGraph, StepNode>>
    {
        [typeof(BinaryNode)] = For<BinaryNode>(ElementwiseNodes.Binary),
        [typeof(WhereNode)] = For<WhereNode>(ElementwiseNodes.Where),
        [typeof(CastNode)] = For<CastNode>(ElementwiseNodes.Cast),
        [typeof(UnaryNode)] = For<UnaryNode>(UnaryNodes.Write),
        [typeof(DenseNode)] = For<DenseNode>(MatrixNodes.Dense),
        [typeof(MatrixProductNode)] = For<MatrixProductNode>(MatrixNodes.Product),
        [typeof(ConcatNode)] = For<ConcatNode>(MovementNodes.Concat),
        [typeof(PadNode)] = For<PadNode>(MovementNodes.Pad),
        [typeof(RearrangeNode)] = For<RearrangeNode>(RearrangeNodes.Write),
        [typeof(GatherNode)] = For<GatherNode>(IndexingNodes.Gather),
        [typeof(GatherElementsNode)] = For<GatherElementsNode>(IndexingNodes.GatherElements),
        [typeof(GatherNDNode)] = For<GatherNDNode>(IndexingNodes.GatherTuples),
        [typeof(ScatterNode)] = For<ScatterNode>(IndexingNodes.Scatter),
        [typeof(SoftmaxNode)] = For<SoftmaxNode>(NormalizationNodes.Softmax),
        [typeof(NormalizeNode)] = For<NormalizeNode>(NormalizationNodes.Normalize),
        [typeof(ReduceNode)] = For<ReduceNode>(ReductionNodes.Reduce),
        [typeof(ArgExtremumNode)] = For<ArgExtremumNode>(ReductionNodes.ArgExtremum),
        [typeof(TopKNode)] = For<TopKNode>(ReductionNodes.TopK),
        [typeof(CumulativeSumNode)] = For<CumulativeSumNode>(ReductionNodes.CumulativeSum),
        [typeof(ConvolutionNode)] = For<ConvolutionNode>(WindowNodes.Convolution),
        [typeof(TransposedConvolutionNode)] = For<TransposedConvolutionNode>(WindowNodes.TransposedConvolution),
        [typeof(MaxPoolNode)] = For<MaxPoolNode>(WindowNodes.MaxPool),
        [typeof(AveragePoolNode)] = For<AveragePoolNode>(WindowNodes.AveragePool),
        [typeof(RecurrentStepNode)] = For<RecurrentStepNode>(RecurrentNodes.Step),
        [typeof(RecurrentPulseNode)] = For<RecurrentPulseNode>(RecurrentNodes.Pulse),
        [typeof(RecurrentSequenceNode)] = For<RecurrentSequenceNode>(RecurrentNodes.Sequence),
        [typeof(ReadStateNode)] = For<ReadStateNode>(StreamNodes.ReadState),
        [typeof(WriteStateNode)] = For<WriteStateNode>(StreamNodes.WriteState),
        [typeof(DelayNode)] = For<DelayNode>(StreamNodes.Delay),
        [typeof(EdgeMaskNode)] = For<EdgeMaskNode>(StreamNodes.EdgeMask),
        [typeof(LatestFrameNode)] = For<LatestFrameNode>(StreamNodes.LatestFrame),
        [typeof(PositionsNode)] = For<PositionsNode>(StreamNodes.Positions),
        [typeof(RunningSumNode)] = For<RunningSumNode>(StreamNodes.RunningSum),
        [typeof(CountStepsNode)] = For<CountStepsNode>(StreamNodes.CountSteps),
    }.ToFrozenDictionary();

    /// <summary>The nodes that can be written.</summary>
    public static IEnumerable<Type> Known => s_all.Keys;

    /// <summary>Writes one node.</summary>
    /// <exception cref="StepNotWritableException">The node, or this form of it, has no counterpart in ONNX.</exception>
    public static void Write(StepGraph graph, StepNode node)
    {
        graph.Begin(node);
        if (!s_all.TryGetValue(node.GetType(), out Action<StepGraph, StepNode>? write)) throw graph.Refuse($"there is no writer for a {node.GetType().Name}", "Run the original model, or report the model to SeqStream");
        write(graph, node);
    }

    private static Action<StepGraph, StepNode> For<T>(Action<StepGraph, T> write) where T : StepNode => (graph, node) => write(graph, (T)node);
}
