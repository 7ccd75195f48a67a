using System.Collections.Immutable;
using System.Globalization;
using SeqStream.Contracts;
using SeqStream.Onnx.Lowering;
using SeqStream.Operators.Streaming;
using SeqStream.Plan;

namespace SeqStream.Onnx.Writing;

/// <summary>
/// Writes a step plan as an ONNX model of standard operators that any runtime can run step by step. What a stream remembers comes in and goes out as inputs and
/// outputs; metadata say which belong together, where a stream starts, and how outputs lie in the stream's time. The numbers are those of the plan, but for rounding.
/// </summary>
public static class StepModelWriter
{
    /// <summary>The oldest operator set that is written; newer ones only where a node needs them.</summary>
    public const int OldestOpset = 17;

    private const string NextSuffix = ".next", StatePrefix = "state.";

    /// <summary>Writes a model.</summary>
    /// <param name="lowering">A compiled model.</param>
    /// <param name="options">How to write it; null for one stream and ONNX's recurrent operators.</param>
    /// <exception cref="ModelNotStreamableException">The model was refused.</exception>
    /// <exception cref="StepNotWritableException">A node has no counterpart in ONNX.</exception>
    public static StepModelFile Write(LoweringResult lowering, StepModelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(lowering);
        StepPlan plan = lowering.PlanOrThrow();
        options ??= new StepModelOptions();
        if (options.Streams is { } streams) ArgumentOutOfRangeException.ThrowIfLessThan(streams, 1, nameof(options));
        return WithOpset(opset => Write(lowering, plan, options, opset, isResident: false));
    }

    /// <summary>
    /// Writes a model whose states never leave the device that runs it: a state's input and output are the rows of all streams, and the input
    /// <see cref="ResidentModelFiles.Slots"/> says which of them are this call's. The number of streams of a call is open.
    /// </summary>
    /// <param name="lowering">A compiled model.</param>
    /// <param name="decompose">True to write recurrent layers as matrix products and element-wise operators.</param>
    /// <exception cref="ModelNotStreamableException">The model was refused.</exception>
    /// <exception cref="StepNotWritableException">A node has no counterpart in ONNX.</exception>
    public static ResidentModelFiles WriteResident(LoweringResult lowering, bool decompose)
    {
        ArgumentNullException.ThrowIfNull(lowering);
        StepPlan plan = lowering.PlanOrThrow();
        StepModelFile step = WithOpset(opset => Write(lowering, plan, new StepModelOptions { Streams = null, Decompose = decompose }, opset, isResident: true));
        return new ResidentModelFiles(step, StateRowsWriter.Read(step.States), StateRowsWriter.Write(step.States));
    }

    private static StepModelFile WithOpset(Func<int, StepModelFile> write)
    {
        for (int opset = OldestOpset; ;)
        {
            try
            {
                return write(opset);
            }
            catch (OpsetTooOldException newer)
            {
                opset = newer.Needed;
            }
        }
    }

    private static StepModelFile Write(LoweringResult lowering, StepPlan plan, StepModelOptions options, int opset, bool isResident)
    {
        ModelFile file = new();
        StepGraph graph = new(lowering.File, file, options, opset);
        foreach (PlanOutput output in plan.Outputs) graph.Unique(output.Name);
        foreach (Wire input in plan.Inputs) graph.Input(input);
        ImmutableArray<WrittenState> states = [.. plan.Layout.Fields.Select(field => Name(graph, field, lowering, options.Streams ?? 1))];
        string slots = isResident ? graph.Unique(ResidentModelFiles.Slots) : "";
        if (isResident) file.Input(slots, ElementType.Int64, [-1]);
        foreach (WrittenState state in states)
        {
            if (isResident) graph.Rows(state.Field, state.Input, slots);
            else graph.State(state.Field, state.Input);
        }
        foreach (StepNode node in plan.Nodes) NodeWriters.Write(graph, node);
        foreach (PlanOutput output in plan.Outputs) graph.Output(output.Name, output.Wire.Type, output.Wire.Shape, graph.Spread(output.Wire));
        foreach (WrittenState state in states)
        {
            if (isResident) graph.RowsAfter(state.Field, state.Output, state.Input, slots);
            else graph.Output(state.Output, state.Field.Type, state.Field.Shape, graph.Read(state.Field));
        }
        foreach ((string key, string value) in StepMetadata.Describe(lowering, plan, states, options)) file.Metadata(key, value);
        byte[] bytes = file.Encode(plan.Name, opset, "seqstream", Description(lowering, states, options));
        return new StepModelFile(bytes, opset, file.NodeCount, states, [.. plan.Inputs.Select(static wire => new StepPort(wire.Name, wire.Type, wire.Shape))], [.. plan.Outputs.Select(static output => new StepPort(output.Name, output.Wire.Type, output.Wire.Shape))]);
    }

    /// <summary>A state of the model's own keeps its two names, and the clock's fields keep theirs, by which <see cref="StreamEnd"/> finds them.</summary>
    private static WrittenState Name(StepGraph graph, StateField field, LoweringResult lowering, int streams)
    {
        StatePair? own = lowering.States.FirstOrDefault(pair => pair.Input == field.Name);
        bool keepsName = own is not null || field.Name is StreamClock.StepsName or StreamClock.LengthName;
        string input = graph.Unique(keepsName ? field.Name : StatePrefix + field.Name);
        return new WrittenState(field, input, graph.Unique(own?.Output ?? input + NextSuffix), field.Initial is { } initial && initial.Bytes.ContainsAnyExcept((byte)0) ? Repeat(initial, streams) : null);
    }

    private static ConstantTensor Repeat(ConstantTensor initial, int streams)
    {
        byte[] all = new byte[checked(initial.Bytes.Length * streams)];
        for (int at = 0; at < all.Length; at += initial.Bytes.Length) initial.Bytes.CopyTo(all.AsSpan(at));
        return streams == 1 ? initial : new ConstantTensor(initial.Type, new TensorShape([streams, .. initial.Shape.Dimensions]), all);
    }

    /// <summary>For people who run the model elsewhere.</summary>
    private static string Description(LoweringResult lowering, ImmutableArray<WrittenState> states, StepModelOptions options)
    {
        string streams = options.Streams switch { 1 => "one stream", null => $"as many streams as the dimension '{ModelFile.OpenDimension}' says", { } count => string.Create(CultureInfo.InvariantCulture, $"{count} streams") };
        string pairs = string.Join(", ", states.Select(static state => $"{state.Output} -> {state.Input}"));
        string clock = states.Any(static state => state.Field.Name == StreamClock.LengthName)
            ? $" {StreamClock.LengthName} is -1 while a stream goes on. Before the first step that has a frame after its end, set it to the number of source frames of the whole stream, and go on with frames of any value until all outputs have come."
            : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"One call steps {streams} by {lowering.FramesPerStep} source frame(s). Start each stream from the initial states that the metadata '{StepMetadata.StatePrefix}*' give, and feed each state output back at the next call: {pairs}.{clock} Of the frames of an output, drop the first 'delay' and keep the next 'length' (metadata '{StepMetadata.OutputPrefix}*'; S is the stream's source frames).");
    }
}
