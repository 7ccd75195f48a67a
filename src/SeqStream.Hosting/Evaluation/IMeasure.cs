namespace SeqStream.Hosting.Evaluation;

/// <summary>One way of measuring models on labelled files.</summary>
internal interface IMeasure
{
    /// <summary>Measures a model.</summary>
    /// <exception cref="InvalidDataException">The file is not what it should be, or the model refused some of it.</exception>
    Task<EvaluationReport> RunAsync(EvaluationTask task, CancellationToken cancellation);
}
