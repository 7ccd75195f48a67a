using System.Collections.Immutable;
using SeqStream.Contracts;
using SeqStream.Onnx.Lowering;
using SeqStream.Ort;

namespace SeqStream.Hosting.Verification;

/// <summary>One stream that is stepped through a whole sequence, with what its steps answered.</summary>
internal sealed class SteppedStream
{
    private readonly LoweringResult _lowering;
    private readonly ImmutableArray<OrtTensor> _inputs;
    private readonly List<byte[]>[] _answers;   // [value][step]
    private readonly long _steps;

    /// <param name="lowering">The compiled steps.</param>
    /// <param name="watched">The values to keep.</param>
    /// <param name="inputs">The whole sequence's inputs, in the plan's order.</param>
    /// <param name="frames">Its length.</param>
    /// <param name="start">The turn at which the stream begins.</param>
    public SteppedStream(LoweringResult lowering, ImmutableArray<LoweredWire> watched, ImmutableArray<OrtTensor> inputs, int frames, int start)
    {
        _lowering = lowering;
        _inputs = inputs;
        Frames = frames;
        Start = start;
        _answers = [.. watched.Select(static _ => new List<byte[]>())];
        _steps = watched.Max(value => value.Time.StepsFor(frames));
    }

    public int Frames { get; }

    public int Start { get; }

    public int Slot { get; set; } = -1;

    public bool HasEnded => _answers[0].Count == _steps;

    /// <summary>Writes the inputs of the next step: frames of the sequence, then numbers that are none.</summary>
    public void Feed(IStepExecutor executor, int lane)
    {
        long first = (long)_answers[0].Count * _lowering.FramesPerStep;
        if (first <= Frames && first + _lowering.FramesPerStep > Frames) StreamEnd.Announce(executor, Slot, Frames);
        for (int port = 0; port < _inputs.Length; port++)
        {
            OrtTensor whole = _inputs[port];
            int axis = _lowering.TimeAxes.FirstOrDefault(place => place.Input == whole.Name)?.Axis ?? -1;
            Span<byte> input = executor.Input(port, lane);
            if (axis < 0)
            {
                whole.Bytes.CopyTo(input);
                continue;
            }
            int rows = Product(whole.Dimensions, 0, axis), perFrame = Product(whole.Dimensions, axis + 1, whole.Dimensions.Length);
            double after = Elements.IsExact(whole.Type) ? 0 : double.NaN;
            for (int row = 0, to = 0; row < rows; row++)
            {
                for (long frame = first; frame < first + _lowering.FramesPerStep; frame++)
                {
                    for (int element = 0; element < perFrame; element++, to++)
                        Elements.Set(whole.Type, input, to, frame < Frames ? Elements.At(whole.Type, whole.Bytes, (int)((((row * (long)Frames) + frame) * perFrame) + element)) : after);
                }
            }
        }
    }

    /// <summary>Keeps what the step answered.</summary>
    public void Take(IStepExecutor executor, int lane)
    {
        for (int value = 0; value < _answers.Length; value++) _answers[value].Add(executor.Output(value, lane).ToArray());
    }

    /// <summary>Compares one value of all steps, put together, with the whole sequence's.</summary>
    public void Compare(int value, LoweredOutput time, OrtTensor whole, int stream, Comparison comparison)
    {
        bool isExact = Elements.IsExact(whole.Type);
        if (time.Axis < 0)
        {
            byte[] last = _answers[value][(int)Math.Min(_answers[value].Count, time.StepsFor(Frames)) - 1];
            for (int element = 0; element < whole.ElementCount; element++) comparison.Add(stream, -1, Elements.At(whole.Type, whole.Bytes, element), Elements.At(whole.Type, last, element), isExact);
            return;
        }
        long length = whole.Dimensions[time.Axis];
        if (length != time.Length.Of(Frames))
        {
            comparison.AddLength(stream, length, time.Length.Of(Frames));
            return;
        }
        int rows = Product(whole.Dimensions, 0, time.Axis), perFrame = Product(whole.Dimensions, time.Axis + 1, whole.Dimensions.Length);
        for (long frame = Math.Max(0, -time.Delay); frame < length; frame++)
        {
            (long step, long place) = Math.DivRem(frame + time.Delay, time.FramesPerStep);
            for (int element = 0; element < rows * perFrame; element++)
            {
                (int row, int at) = Math.DivRem(element, perFrame);
                double expected = Elements.At(whole.Type, whole.Bytes, (int)((((row * length) + frame) * perFrame) + at));
                comparison.Add(stream, frame, expected, Elements.At(whole.Type, _answers[value][(int)step], (int)((((row * time.FramesPerStep) + place) * perFrame) + at)), isExact);
            }
        }
    }

    private static int Product(ImmutableArray<long> sizes, int from, int to)
    {
        long product = 1;
        for (int axis = from; axis < to; axis++) product *= sizes[axis];
        return checked((int)product);
    }
}
