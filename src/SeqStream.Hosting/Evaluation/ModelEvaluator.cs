using SeqStream.Hosting.Catalog;
using SeqStream.Hosting.Evaluation.Speech;

namespace SeqStream.Hosting.Evaluation;

/// <summary>Measures a model on labelled data, in the way its card names.</summary>
public sealed class ModelEvaluator(LoadedModel model, int threads = 1)
{
    private static readonly Dictionary<string, IMeasure> s_measures = new()
    {
        ["entities"] = new EntityMeasure(),
        ["label-at-end"] = new EndLabelMeasure(),
        ["label-per-step"] = new StepLabelMeasure(),
        ["letters"] = new LetterMeasure(),
        ["strokes"] = new StrokeMeasure(),
        ["tunes"] = new TuneMeasure(),
        ["next-move"] = new NextMoveMeasure(),
        ["label-per-text"] = new TextLabelMeasure(),
        ["junctions"] = new JunctionMeasure(),
        ["coding-letters"] = new CodingMeasure(),
        ["keywords"] = new KeywordMeasure(),
        ["transcripts"] = new TranscriptMeasure(),
        ["translation"] = new TranslationMeasure(),
    };

    /// <summary>The kinds of evaluation.</summary>
    public static IReadOnlyCollection<string> Types => s_measures.Keys;

    /// <summary>Measures the model.</summary>
    /// <param name="path">The labelled file.</param>
    /// <param name="cancellation">Ends the run.</param>
    /// <exception cref="ArgumentException">The card names no evaluation that is known.</exception>
    /// <exception cref="InvalidDataException">The file is not what it should be, or the model refused some of it.</exception>
    public Task<EvaluationReport> RunAsync(string path, CancellationToken cancellation)
    {
        ModelEvaluation wanted = model.Card.Evaluation ?? throw new ArgumentException($"The card of model '{model.Card.Name}' has no key 'evaluation', so it cannot be measured. Known kinds: {string.Join(", ", Types)}.");
        if (!s_measures.TryGetValue(wanted.Type, out IMeasure? measure))
            throw new ArgumentException($"The card of model '{model.Card.Name}' asks for the evaluation '{wanted.Type}'.{NearestName.Hint(wanted.Type, Types)} Known kinds: {string.Join(", ", Types)}.");
        return measure.RunAsync(new EvaluationTask(model, path, wanted.Format, threads), cancellation);
    }
}
