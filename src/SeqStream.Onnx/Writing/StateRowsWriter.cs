using System.Collections.Immutable;
using SeqStream.Plan;

namespace SeqStream.Onnx.Writing;

/// <summary>Writes the models that pick rows out of all streams' states, and that replace them.</summary>
internal static class StateRowsWriter
{
    private const long Streams = -1;

    /// <summary>Rows of all streams in, rows of some out.</summary>
    public static byte[] Read(ImmutableArray<WrittenState> states)
    {
        ModelFile file = Start(states);
        foreach (WrittenState state in states)
        {
            file.Node(state.Output, "Gather", [state.Input, ResidentModelFiles.Slots], [state.Output], [("axis", 0)]);
            file.Output(state.Output, state.Field.Type, [Streams, .. Row(state)]);
        }
        return file.Encode("read", StepModelWriter.OldestOpset, "seqstream", "");
    }

    /// <summary>Rows of all streams and new ones of some in, rows of all out.</summary>
    public static byte[] Write(ImmutableArray<WrittenState> states)
    {
        ModelFile file = Start(states);
        file.Initializer("last", ConstantTensor.Int64(new TensorShape(1), 1));
        file.Node("places", "Unsqueeze", [ResidentModelFiles.Slots, "last"], ["places"], []);
        foreach (WrittenState state in states)
        {
            string rows = state.Input + ResidentModelFiles.RowsSuffix;
            file.Input(rows, state.Field.Type, [Streams, .. Row(state)]);
            file.Node(state.Output, "ScatterND", [state.Input, "places", rows], [state.Output], []);
            file.Output(state.Output, state.Field.Type, [ModelFile.AllStreams, .. Row(state)]);
        }
        return file.Encode("write", StepModelWriter.OldestOpset, "seqstream", "");
    }

    private static ModelFile Start(ImmutableArray<WrittenState> states)
    {
        ModelFile file = new();
        file.Input(ResidentModelFiles.Slots, ElementType.Int64, [Streams]);
        foreach (WrittenState state in states) file.Input(state.Input, state.Field.Type, [ModelFile.AllStreams, .. Row(state)]);
        return file;
    }

    /// <summary>The dimensions of one stream's row.</summary>
    private static IEnumerable<long> Row(WrittenState state)
        => state.Field.Shape.Dimensions.Skip(StepGraph.IsBatched(state.Field.Shape) ? 1 : 0).Select(static size => (long)size);
}
