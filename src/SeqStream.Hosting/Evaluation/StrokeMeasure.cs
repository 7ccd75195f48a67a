using System.Collections.Immutable;
using SeqStream.Decoding.Strokes;
using SeqStream.FrontEnds.Strokes;
using SeqStream.Hosting.Generation;

namespace SeqStream.Hosting.Evaluation;

/// <summary>
/// <c>strokes</c>: nats that each point of simplified drawings costs: the density of its offset, in the model's units, and what the pen does, the end of the drawing counted among the latter.
/// Beside it one Gaussian for the offsets and the shares of the pen's states, both fitted to the very drawings that are measured.
/// </summary>
internal sealed class StrokeMeasure : IMeasure
{
    /// <inheritdoc/>
    public Task<EvaluationReport> RunAsync(EvaluationTask task, CancellationToken cancellation)
    {
        StrokeOptions strokes = SketchGenerator.StrokesOf(task.Model);
        if (strokes.Class is null) throw new InvalidDataException($"Model '{task.Model.Card.Name}' has no classes, so the categories of '{task.Path}' cannot be matched with them.");
        MixtureOptions mixtures = SketchGenerator.MixturesOf(task.Model);
        PointMixture mixture = new(mixtures);
        using StreamSession session = new StreamingModel(task.Model.Executors).CreateSession();
        GaussianBaseline baseline = new();
        int drawings = 0;
        double offsetNats = 0, penNats = 0;
        foreach ((string category, ImmutableArray<ImmutableArray<(double X, double Y)>> drawing) in QuickDrawFile.Read(task.Path, strokes.Class.Names))
        {
            cancellation.ThrowIfCancellationRequested();
            drawings++;
            session.Reset();
            session.Input<long>(strokes.Class.Port)[0] = strokes.Class.IdOf(category);
            PenTrack.WriteStart(session.Input<float>(strokes.Port));
            PenTrack track = PenTrack.At(strokes.Canvas);
            foreach ((double X, double Y, PenState Pen) next in OffsetsOf(drawing, strokes))
            {
                session.Step();
                ReadOnlySpan<float> answer = session.Output<float>(mixtures.Port);
                penNats += mixture.PenNats(answer, next.Pen);
                if (next.Pen != PenState.Ends) offsetNats += mixture.OffsetNats(answer, next.X, next.Y);
                baseline.Add(next.X / mixtures.Scale, next.Y / mixtures.Scale, next.Pen);
                track.Write(strokes, (float)next.X, (float)next.Y, next.Pen == PenState.Lifts, session.Input<float>(strokes.Port));
            }
        }
        double offset = EvaluationTask.Share(offsetNats, baseline.Points), pen = EvaluationTask.Share(penNats, baseline.States);
        return Task.FromResult(task.Report(drawings, baseline.States, new EvaluationFigure("nats per point", offset + pen), new("nats per point, of the offset", offset), new("nats per point, of the pen", pen),
            new("nats per point of a Gaussian fitted to these drawings", baseline.OffsetNats + baseline.PenNats), new("better than the Gaussian by", baseline.OffsetNats + baseline.PenNats - offset - pen)));
    }

    /// <summary>The offsets of a drawing brought to the canvas and simplified, then the end.</summary>
    internal static IEnumerable<(double X, double Y, PenState Pen)> OffsetsOf(ImmutableArray<ImmutableArray<(double X, double Y)>> drawing, StrokeOptions strokes)
    {
        (double X, double Y) at = (strokes.Canvas / 2, strokes.Canvas / 2);
        foreach (ImmutableArray<(double X, double Y)> points in StrokeSimplifier.Prepare(drawing, strokes))
        {
            for (int i = 0; i < points.Length; i++)
            {
                yield return (points[i].X - at.X, points[i].Y - at.Y, i == points.Length - 1 ? PenState.Lifts : PenState.Draws);
                at = points[i];
            }
        }
        yield return (0, 0, PenState.Ends);
    }
}
