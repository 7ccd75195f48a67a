using SeqStream.TestSupport;

namespace SeqStream.Oracles;

/// <content>Nodes that make more frames, remember all frames or answer the last one.</content>
internal sealed partial class StreamProblem
{
    private (string, int) Transposed(string wire, int channels)
    {
        int kernel = _random.Next(1, 5), dilation = _random.Next(1, 3), stride = _random.Next(1, 4), reach = (kernel - 1) * dilation;
        int more = _random.Next(3) == 0 ? _random.Next(_suitsOnnxRuntime ? stride : Math.Max(stride, dilation)) : 0;
        int left = _random.Next(Math.Max(reach, 1)), right = _random.Next(Math.Max(reach - left, 1));
        int groups = _random.Next(3) == 0 ? channels : 1, outputs = _random.Next(1, groups > 1 ? 2 : 4);
        string weight = Name(), bias = Name(), result = Name();
        _story.Add(Text($"transposed kernel {kernel} dilation {dilation} stride {stride} pads {left} {right} more {more} groups {groups}"));
        Graph.Initializer(weight, [channels, outputs, kernel], Noise(channels * outputs * kernel)).Initializer(bias, [outputs * groups], Noise(outputs * groups));
        string[] inputs = _random.Next(2) == 0 ? [wire, weight] : [wire, weight, bias];
        Graph.Node("ConvTranspose", inputs, [result], ("kernel_shape", new[] { kernel }), ("dilations", new[] { dilation }), ("strides", new[] { stride }), ("pads", new[] { left, right }), ("output_padding", new[] { more }), ("group", groups));
        return (result, outputs * groups);
    }

    private (string, int) RunningSum(string wire, int channels)
    {
        string axis = Name(), result = Name();
        int exclusive = _random.Next(2);
        _story.Add(exclusive == 0 ? "running sum" : "running sum of the frames before");
        Graph.Int64s(axis, _random.Next(2) == 0 ? 2 : -1).Node("CumSum", [wire, axis], [result], ("exclusive", exclusive));
        return (result, channels);
    }

    /// <summary>The sum of all frames so far over their number, which a range or a running sum of ones counts; with exact numbers, their difference.</summary>
    private (string, int) RunningMean(string wire, int channels)
    {
        string axis = Name(), sum = Name(), shape = Name(), count = Name(), result = Name();
        _story.Add("running mean");
        Graph.Int64s(axis, 2).Node("CumSum", [wire, axis], [sum]).Node("Shape", [wire], [shape]);
        if (_random.Next(2) == 0)
        {
            string ones = Name();
            Graph.Node("ConstantOfShape", [shape], [ones], ("value", OnnxTensor.Floats([1], 1))).Node("CumSum", [ones, axis], [count]);
        }
        else
        {
            string two = Name(), one = Name(), length = Name(), after = Name(), positions = Name();
            Graph.Initializer(two, OnnxTensor.Int64s([], 2)).Initializer(one, OnnxTensor.Int64s([], 1)).Node("Gather", [shape, two], [length]).Node("Add", [length, one], [after]);
            Graph.Node("Range", [one, after, one], [positions]).Node("Cast", [positions], [count], ("to", 1));
        }
        Graph.Node(IsExact ? "Sub" : "Div", [sum, count], [result]);
        return (result, channels);
    }

    /// <summary>Makes two frames of each, and perhaps, behind a convolution, one of two again.</summary>
    private (string, int) Shuffle(string wire, int channels)
    {
        if (channels % 2 != 0) return Transposed(wire, channels);
        _story.Add("split frames");
        string split = Regroup(wire, channels / 2);
        if (_random.Next(2) == 0) return (split, channels / 2);
        int kernel = _random.Next(1, 4);
        (string moved, int parts) = Convolution(split, channels / 2, kernel, 1, 1, _random.Next(kernel));
        _story.Add("joined frames");
        return (Regroup(moved, 2 * parts), 2 * parts);
    }

    /// <summary>Each frame's channels one after the other, in frames of another number of channels.</summary>
    private string Regroup(string wire, int channels)
    {
        string turned = Name(), shape = Name(), grouped = Name(), result = Name();
        Graph.Node("Transpose", [wire], [turned], ("perm", new[] { 0, 2, 1 })).Int64s(shape, 0, -1, channels).Node("Reshape", [turned, shape], [grouped]).Node("Transpose", [grouped], [result], ("perm", new[] { 0, 2, 1 }));
        return result;
    }

    /// <summary>A strided convolution, a transposed one that makes up for it and more, cut to the length of what went in, and joined with that.</summary>
    private (string, int) DownAndUp(string wire, int channels)
    {
        int stride = _random.Next(2, 4), kernel = _random.Next(stride, 5);
        _story.Add(Text($"down by {stride} ("));
        string low = Convolution(wire, channels, kernel, 1, stride, _random.Next(kernel)).Item1, weight = Name(), up = Name(), shape = Name(), two = Name(), zero = Name(), length = Name(), cut = Name(), result = Name();
        int lowChannels = _lastChannels, left = _random.Next(2), reach = _random.Next(stride, 6) + left;
        _story.Add(Text($") up kernel {reach} pads {left} 0 and joined"));
        Graph.Initializer(weight, [lowChannels, channels, reach], Noise(lowChannels * channels * reach)).Node("ConvTranspose", [low, weight], [up], ("strides", new[] { stride }), ("pads", new[] { left, 0 }));
        Graph.Node("Shape", [wire], [shape]).Int64s(two, 2).Int64s(zero, 0).Node("Gather", [shape, two], [length]).Node("Slice", [up, zero, length, two], [cut]).Node("Add", [cut, wire], [result]);
        return (result, channels);
    }

    /// <summary>A strided convolution and a transposed one, joined with what went in: it runs only for lengths that the stride divides.</summary>
    private string DownAndUpWhole(string wire, int channels)
    {
        int stride = _random.Next(2, 4), kernel = _random.Next(1, 5), left = _random.Next(3), right = _random.Next(3);
        string low = Convolution(wire, channels, kernel, 1, stride, _random.Next(kernel)).Item1, weight = Name(), up = Name(), result = Name();
        _story.Add(Text($"up by {stride} pads {left} {right} and joined"));
        Graph.Initializer(weight, [_lastChannels, channels, stride + left + right], Noise(_lastChannels * channels * (stride + left + right)));
        Graph.Node("ConvTranspose", [low, weight], [up], ("strides", new[] { stride }), ("pads", new[] { left, right })).Node("Add", [up, wire], [result]);
        return result;
    }

    /// <summary>A short-time Fourier transform of a single channel; its bins become channels.</summary>
    private (string, int) Spectrum(string wire, int channels)
    {
        if (IsExact || channels != 1) return Transposed(wire, channels);
        int size = _random.Next(2, 7), hop = _random.Next(1, 4), bins = (size / 2) + 1;
        string turned = Name(), step = Name(), window = Name(), made = Name(), shape = Name(), flat = Name(), result = Name();
        _story.Add(Text($"spectrum of {size} every {hop}"));
        Graph.Initializer(step, OnnxTensor.Int64s([], hop)).Initializer(window, [size], Noise(size)).Int64s(shape, 0, 0, 2 * bins);
        Graph.Node("Transpose", [wire], [turned], ("perm", new[] { 0, 2, 1 })).Node("STFT", [turned, step, window], [made], ("onesided", 1)).Node("Reshape", [made, shape], [flat]);
        Graph.Node("Transpose", [flat], [result], ("perm", new[] { 0, 2, 1 }));
        return (result, 2 * bins);
    }

    /// <summary>The last frame, perhaps with a layer behind it.</summary>
    private void AnswerLast(string wire)
    {
        string last = Name();
        _story.Add("last frame");
        switch (_random.Next(3))
        {
            case 0:
                string index = Name();
                Graph.Initializer(index, OnnxTensor.Int64s([], -1)).Node("Gather", [wire, index], [last], ("axis", 2));
                break;
            case 1:
                string only = Name();
                Graph.Int64s(only, -1).Node("Gather", [wire, only], [last], ("axis", 2));
                break;
            default:
                string start = Name(), end = Name(), axis = Name();
                Graph.Int64s(start, -1).Int64s(end, long.MaxValue).Int64s(axis, 2).Node("Slice", [wire, start, end, axis], [last]);
                break;
        }
        AnswerBehind(last);
    }

    /// <summary>Final states: one of them, or their sum.</summary>
    private void AnswerState(string[] states)
    {
        _story.Add("final states");
        string sum = states[_random.Next(states.Length)];
        if (states.Length > 1 && _random.Next(2) == 0) Graph.Node("Add", [states[0], states[1]], [sum = Name()]);
        AnswerBehind(sum);
    }

    private void AnswerBehind(string wire)
    {
        string result = wire;
        if (_random.Next(2) == 0) Graph.Node("Relu", [wire], [result = Name()]);
        Answer(result);
    }
}
