using System.Text.Json;
using SeqStream.Contracts;
using SeqStream.FrontEnds.Audio;
using SeqStream.Models;
using SeqStream.Native.Abi;
using SeqStream.Plan;

namespace SeqStream.Native.Handles;

/// <summary>A loaded model with the texts that C callers are shown. Any thread may use it.</summary>
internal sealed unsafe class ModelHandle : IDisposable
{
    private readonly NativeTexts _inputs;
    private readonly NativeTexts _outputs;
    private readonly byte[] _json;

    public ModelHandle(LiveModel model)
    {
        Model = model;
        _inputs = new NativeTexts([.. model.Signature.Inputs.Select(static port => port.Name)]);
        _outputs = new NativeTexts([.. model.Signature.Outputs.Select(static port => port.Name)]);
        Labels = new NativeTexts(model.Card.Labels);
        SampleRateHz = AudioCard.RateHz(model.Card.FrontEndType, model.Card.FrontEnd) ?? 0;
        _json = WriteJson();
    }

    /// <summary>The model.</summary>
    public LiveModel Model { get; }

    /// <summary>Labels of its outputs; empty if it has none.</summary>
    public NativeTexts Labels { get; }

    /// <summary>Rate of the samples that its streams take; 0 if they take no sound.</summary>
    public int SampleRateHz { get; }

    /// <summary>True if it has one float32 input and one float32 output.</summary>
    public bool HasPlainPorts => Model.Signature.HasPlainPorts;

    /// <summary>What the model is, as JSON in UTF-8.</summary>
    public ReadOnlySpan<byte> Json => _json;

    /// <summary>Numbers of a row that its streams take; 0 for sound and text.</summary>
    private int RowNumbers
        => SampleRateHz > 0 || Model.Card.InputFormat is "text" or "tokens" ? 0 : Model.FrameSignature.Inputs is [{ } row, ..] ? Model.Card.RowNumbers(row.ElementCount) : 0;

    /// <summary>Fills in what there is room for.</summary>
    public void Describe(ref ModelDescription description)
    {
        StepSignature signature = Model.Signature;
        description = new ModelDescription
        {
            StructSize = description.StructSize,
            HasPlainPorts = HasPlainPorts ? 1 : 0,
            Inputs = (uint)signature.Inputs.Length,
            Outputs = (uint)signature.Outputs.Length,
            Labels = (uint)Labels.Count,
            SampleRateHz = SampleRateHz,
            RowNumbers = (uint)RowNumbers,
            FramesPerStep = Model.Timing?.FramesPerStep ?? 1,
            StepsPerSecond = Model.Card.RateHz,
            ModelId = signature.ModelId,
            StateBytes = (nuint)signature.Layout.RowBytes,
            SavedBytes = (nuint)State.StateSnapshot.ByteCount(signature.Layout),
            InputElements = HasPlainPorts ? (nuint)signature.Inputs[0].ElementCount : 0,
            OutputElements = HasPlainPorts ? (nuint)signature.Outputs[0].ElementCount : 0,
        };
    }

    /// <summary>Fills in one input or output.</summary>
    public void DescribePort(bool isOutput, int index, ref PortDescription description)
    {
        StepPort port = isOutput ? Model.Signature.Outputs[index] : Model.Signature.Inputs[index];
        description.Type = (int)port.Type;
        description.Name = (isOutput ? _outputs : _inputs)[index];
        description.Elements = (nuint)port.ElementCount;
        description.Bytes = (nuint)port.ByteCount;
        description.Rank = (uint)port.Shape.Dimensions.Length;
        description.Dimensions = default;
        for (int axis = 0; axis < Math.Min(port.Shape.Dimensions.Length, PortDescription.MostDimensions); axis++) description.Dimensions[axis] = (uint)port.Shape[axis];
    }

    public void Dispose()
    {
        _inputs.Dispose();
        _outputs.Dispose();
        Labels.Dispose();
        Model.Dispose();
    }

    private byte[] WriteJson()
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes))
        {
            json.WriteStartObject();
            json.WriteString("name", Model.Card.Name);
            json.WriteString("title", Model.Card.Title);
            json.WriteString("task", Model.Card.Task);
            json.WriteString("shape", Model.Card.Shape);
            json.WriteString("licence", Model.Card.Licence);
            json.WriteString("modelId", Model.Signature.ModelId.ToString("x16", System.Globalization.CultureInfo.InvariantCulture));
            json.WriteString("executor", Model.Model.Executor);
            json.WriteString("frontEnd", Model.Card.FrontEndType);
            json.WriteString("decoder", Model.Card.DecoderType);
            json.WriteNumber("stateBytes", Model.Signature.Layout.RowBytes);
            json.WriteNumber("operations", Model.Lowering.Plan!.Operations);
            json.WriteNumber("framesPerStep", Model.Timing?.FramesPerStep ?? 1);
            if (SampleRateHz > 0) json.WriteNumber("sampleRateHz", SampleRateHz);
            if (RowNumbers > 0) json.WriteNumber("rowNumbers", RowNumbers);
            if (Model.Card.RateHz > 0) json.WriteNumber("stepsPerSecond", Model.Card.RateHz);
            WritePorts(json, "inputs", Model.Signature.Inputs);
            WritePorts(json, "outputs", Model.Signature.Outputs);
            json.WriteStartArray("labels");
            foreach (string label in Model.Card.Labels) json.WriteStringValue(label);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return bytes.ToArray();
    }

    private static void WritePorts(Utf8JsonWriter json, string name, System.Collections.Immutable.ImmutableArray<StepPort> ports)
    {
        json.WriteStartArray(name);
        foreach (StepPort port in ports)
        {
            json.WriteStartObject();
            json.WriteString("name", port.Name);
            json.WriteString("type", port.Type.DisplayName());
            json.WriteStartArray("shape");
            foreach (int size in port.Shape.Dimensions) json.WriteNumberValue(size);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
