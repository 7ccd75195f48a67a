using SeqStream.Contracts;
using SeqStream.Execution;
using SeqStream.State;
using SeqStream.TestSupport;

namespace SeqStream.Pipeline.Tests;

/// <summary>The accumulator model with one step for each number group of a frame, and a decoder that copies the output.</summary>
internal static class TestStages
{
    public const int Width = 2;

    public static StageFactory Create(float keep = 0.5f, string field = "sum") => new(NativeProgram.Bind(AccumulatorModel.Plan(Width, keep, field)), static () => new FrontEnd(), static () => new Decoder());

    /// <summary>A frame of k * Width numbers is k steps. NaN is refused.</summary>
    private sealed class FrontEnd : IFrontEnd
    {
        private readonly Queue<float> _pending = new(64);

        public bool IsIdle => _pending.Count == 0;

        public FrameVerdict Accept(FramePayload payload, double time)
        {
            ReadOnlySpan<float> values = payload.Values(payload.Segment(0));
            foreach (float value in values)
            {
                if (float.IsNaN(value)) return FrameVerdict.Refused("found NaN, expected a number");
            }
            foreach (float value in values) _pending.Enqueue(value);
            return FrameVerdict.Accepted;
        }

        public bool TryNext(StepInputs inputs, ref StepNote note)
        {
            if (_pending.Count < Width) return false;
            Span<float> x = inputs.Floats(0);
            for (int i = 0; i < Width; i++) x[i] = _pending.Dequeue();
            return true;
        }

        public void End()
        {
        }

        public void Reset() => _pending.Clear();

        public void Save(StateWriter writer)
        {
            writer.Write(_pending.Count);
            foreach (float value in _pending) writer.Write((double)value);
        }

        public void Restore(ref StateReader reader)
        {
            _pending.Clear();
            for (int left = reader.ReadInt(); left > 0; left--) _pending.Enqueue((float)reader.ReadDouble());
        }
    }

    private sealed class Decoder : IDecoder
    {
        public bool IsIdle => true;

        public void Accept(in StepResult result, IEmissionWriter emissions)
        {
            Emission emission = emissions.Rent();
            emission.Step = result.Step;
            emission.BeginOutput("y", isSingle: true);
            foreach (float value in result.Floats(0)) emission.AddValue(value);
            emissions.Write(emission);
        }

        public void End(IEmissionWriter emissions)
        {
        }

        public void Reset()
        {
        }

        public void Save(StateWriter writer)
        {
        }

        public void Restore(ref StateReader reader)
        {
        }
    }
}
