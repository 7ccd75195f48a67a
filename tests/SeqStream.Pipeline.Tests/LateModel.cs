using SeqStream.Contracts;
using SeqStream.Execution;
using SeqStream.Operators.Streaming;
using SeqStream.Plan;

namespace SeqStream.Pipeline.Tests;

/// <summary>A model that answers its frames, as they are, three frames late; two frames make a step.</summary>
internal static class LateModel
{
    public const int Delay = 3, FramesPerStep = 2;

    public static StageFactory Stages() => TestStages.Create() with
    {
        Executors = NativeProgram.Bind(Plan()),
        Timing = new StreamTiming { FramesPerStep = FramesPerStep, InputAxes = [2], Outputs = [new AnswerTiming(2, FramesPerStep, Delay, StreamLength.Source, 0, 1)] },
    };

    private static StepPlan Plan()
    {
        TensorShape shape = new(1, TestStages.Width, FramesPerStep);
        Wire x = new("x", ElementType.Float32, shape), y = new("y", ElementType.Float32, shape);
        DelayNode delay = new("delay", x, y, axis: 2, wait: Delay, overlap: 0, fill: null);
        return new StepPlan("late", [x], [new PlanOutput("y", y)], [delay.Past], [delay]);
    }
}
