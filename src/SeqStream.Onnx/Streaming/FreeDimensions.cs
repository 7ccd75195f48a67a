using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Plan;

namespace SeqStream.Onnx.Streaming;

/// <summary>The input dimensions of a model that neither the file nor the caller fixes, and the making of input wires once they are chosen.</summary>
internal sealed class FreeDimensions
{
    private readonly OnnxModel _model;
    private readonly LoweringOptions _options;

    /// <summary>Collects the free dimensions.</summary>
    public FreeDimensions(OnnxModel model, LoweringOptions options)
    {
        _model = model;
        _options = options;
        List<Blocker> blockers = [];
        List<FreeDimension> free = [];
        Dictionary<string, FreeDimension> byKey = new(StringComparer.Ordinal);
        foreach (OnnxValue input in model.Graph.Inputs)
        {
            if (options.Constants.ContainsKey(input.Name)) continue;
            if (input.Type == ElementType.None) blockers.Add(new Blocker(input.Name, "", $"this input is {input.TypeName}; expected a tensor of float32, integers or bool", "Change the model's inputs"));
            if (!input.HasRank) blockers.Add(new Blocker(input.Name, "", "the model does not say how many dimensions this input has", "Export the model with declared input shapes"));
            if (!input.HasRank) continue;
            for (int axis = 0; axis < input.Dimensions.Length; axis++)
            {
                InputAxis place = new(input.Name, axis);
                if (SizeOf(input, axis) is not null) continue;
                string key = KeyOf(input, axis);
                if (byKey.TryGetValue(key, out FreeDimension? known)) known.Places.Add(place);
                else free.Add(byKey[key] = new FreeDimension(key, [place]));
            }
        }
        Free = free;
        Blockers = blockers;
    }

    /// <summary>The free dimensions in the order of inputs and axes.</summary>
    public IReadOnlyList<FreeDimension> Free { get; }

    /// <summary>Inputs that cannot be used at all.</summary>
    public IReadOnlyList<Blocker> Blockers { get; }

    /// <summary>The symbol of a dimension, or its place if it has none: <c>seq</c>, <c>x[1]</c>.</summary>
    public static string KeyOf(OnnxValue input, int axis) => input.Dimensions[axis].Symbol ?? new InputAxis(input.Name, axis).ToString();

    /// <summary>The dimension that an axis of an input has; a fixed one counts as free with the axis as its only place.</summary>
    public FreeDimension At(InputAxis place)
        => Free.FirstOrDefault(dimension => dimension.Places.Contains(place)) ?? new FreeDimension(place.ToString(), [place]);

    /// <summary>The size that the file or the caller fixes; null if nobody does.</summary>
    public int? SizeOf(OnnxValue input, int axis)
    {
        if (_options.Dimensions.TryGetValue(new InputAxis(input.Name, axis).ToString(), out int size)) return size;
        OnnxDimension dimension = input.Dimensions[axis];
        if (dimension.Symbol is not null && _options.Dimensions.TryGetValue(dimension.Symbol, out size)) return size;
        return (int?)dimension.Number;
    }

    /// <summary>Makes the input wires.</summary>
    /// <param name="time">The dimension that gets <paramref name="length"/>; null for none. Other free dimensions get 1.</param>
    /// <param name="length">The length of the stream.</param>
    public Dictionary<string, Wire> Wires(FreeDimension? time, int length)
    {
        Dictionary<string, Wire> wires = new(StringComparer.Ordinal);
        foreach (OnnxValue input in _model.Graph.Inputs)
        {
            if (_options.Constants.TryGetValue(input.Name, out ConstantTensor? constant))
            {
                wires[input.Name] = new Wire(input.Name, constant);
                continue;
            }
            int[] sizes = [.. input.Dimensions.Select((_, axis) => time is not null && time.Places.Contains(new InputAxis(input.Name, axis)) ? length : SizeOf(input, axis) ?? 1)];
            if (sizes.Aggregate((double)input.Type.ByteSize(), static (product, size) => product * Math.Max(size, 1)) > int.MaxValue)
            {
                throw new LoweringStop([new Blocker(input.Name, "", $"this input would be {input.Type.DisplayName()} [{string.Join(", ", sizes)}], more than the limit of {int.MaxValue} bytes", "Use smaller dimensions")]);
            }
            wires[input.Name] = new Wire(input.Name, input.Type, new TensorShape(sizes));
        }
        return wires;
    }
}
