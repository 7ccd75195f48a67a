using System.Runtime.InteropServices;
using SeqStream.Onnx.Lowering;

namespace SeqStream.Onnx.Tests.Streaming;

/// <summary>Steps a compiled model of one input over a whole stream, its end announced and no numbers after it.</summary>
internal static class StreamRun
{
    /// <summary>The first output of the stream, whole: the frames of a step follow each other, delays are dropped.</summary>
    /// <param name="result">The plan; a step takes one frame.</param>
    /// <param name="frames">The stream.</param>
    /// <param name="moveAt">Before this step the stream is saved and goes on in another session; -1 for never.</param>
    public static float[] Whole<T>(LoweringResult result, IReadOnlyList<T[]> frames, int moveAt = -1) where T : unmanaged
    {
        Assert.Equal(1, result.FramesPerStep);
        StreamingModel model = StreamingModel.FromPlan(result.PlanOrThrow());
        StreamSession session = model.CreateSession();
        LoweredOutput output = result.Outputs[0];
        List<float> answers = [];
        for (long step = 0; step < output.StepsFor(frames.Count); step++)
        {
            if (step == moveAt) session = Moved(model, session);
            if (step == frames.Count) session.End(frames.Count);
            if (step < frames.Count) frames[(int)step].CopyTo(session.Input<T>(0));
            else MemoryMarshal.AsBytes(session.Input<T>(0)).Fill(0xFF);
            session.Step();
            if (step >= output.Delay) answers.AddRange(session.Output<float>(0));
        }
        session.Dispose();
        model.Dispose();
        return [.. answers];
    }

    private static StreamSession Moved(StreamingModel model, StreamSession from)
    {
        byte[] saved = from.Save();
        from.Dispose();
        StreamSession to = model.CreateSession();
        to.Restore(saved);
        return to;
    }
}
