using System.Collections.Immutable;
using SeqStream.Hosting.Catalog;

namespace SeqStream.Hosting.Evaluation;

/// <summary>What is to be measured.</summary>
/// <param name="Model">The model.</param>
/// <param name="Path">The labelled file.</param>
/// <param name="Format">Form of the file, as the card says it.</param>
/// <param name="Threads">Threads that step.</param>
internal sealed record EvaluationTask(LoadedModel Model, string Path, string Format, int Threads)
{
    /// <summary>What was found.</summary>
    public EvaluationReport Report(long sequences, long steps, params ImmutableArray<EvaluationFigure> figures)
        => new(Model.Card.Name, System.IO.Path.GetFileName(Path), sequences, steps, figures);

    /// <summary>A part of a whole; 0 of nothing.</summary>
    public static double Share(double part, double whole) => whole > 0 ? part / whole : 0;
}
