using System.Collections.Immutable;
using System.Text;
using SeqStream.FrontEnds.Text;
using SeqStream.Hosting.Catalog;
using SeqStream.Hosting.Generation;

namespace SeqStream.Hosting.Evaluation;

/// <summary>Measures a model on labelled data, in the way its card names: <c>entities</c> (conll), <c>label-per-step</c> (zip of csv) or <c>letters</c> (a text per line).</summary>
public sealed class ModelEvaluator(LoadedModel model, int threads = 1)
{
    /// <summary>The kinds of evaluation.</summary>
    public static IReadOnlyList<string> Types { get; } = ["entities", "label-per-step", "letters"];

    /// <summary>Measures the model.</summary>
    /// <param name="path">The labelled file.</param>
    /// <param name="cancellation">Ends the run.</param>
    /// <exception cref="ArgumentException">The card names no evaluation that is known.</exception>
    /// <exception cref="InvalidDataException">The file is not what it should be, or the model refused some of it.</exception>
    public async Task<EvaluationReport> RunAsync(string path, CancellationToken cancellation)
    {
        string type = model.Card.Evaluation?.Type ?? throw new ArgumentException($"The card of model '{model.Card.Name}' has no key 'evaluation', so it cannot be measured. Known kinds: {string.Join(", ", Types)}.");
        return type switch
        {
            "entities" => await EvaluateEntities(path, cancellation).ConfigureAwait(false),
            "label-per-step" => await EvaluateLabels(path, cancellation).ConfigureAwait(false),
            "letters" => EvaluateLetters(path, cancellation),
            _ => throw new ArgumentException($"The card of model '{model.Card.Name}' asks for the evaluation '{type}'.{NearestName.Hint(type, Types)} Known kinds: {string.Join(", ", Types)}."),
        };
    }

    private async Task<EvaluationReport> EvaluateEntities(string path, CancellationToken cancellation)
    {
        LabelledSequence[] sentences = [.. LabelledFiles.Conll(path)];
        List<string>[] answers = await new SequenceRunner(model, threads).RunAsync(sentences, cancellation).ConfigureAwait(false);
        int right = 0, found = 0, wanted = 0;
        for (int i = 0; i < sentences.Length; i++)
        {
            CheckCount(i, answers[i].Count, sentences[i].Labels.Length);
            HashSet<(int, int, string)> truth = EntitySpans.Of(sentences[i].Labels);
            HashSet<(int, int, string)> answer = EntitySpans.Of(answers[i]);
            wanted += truth.Count;
            found += answer.Count;
            right += answer.Count(truth.Contains);
        }
        double precision = Share(right, found);
        double recall = Share(right, wanted);
        return Report(path, sentences.Length, sentences.Sum(static sentence => sentence.Labels.Length),
            new("entity F1", precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0), new("entity precision", precision), new("entity recall", recall),
            new("token accuracy", Accuracy(sentences, answers)));
    }

    private async Task<EvaluationReport> EvaluateLabels(string path, CancellationToken cancellation)
    {
        LabelledSequence[] sequences = [.. LabelledFiles.ZippedCsv(path)];
        List<string>[] answers = await new SequenceRunner(model, threads).RunAsync(sequences, cancellation).ConfigureAwait(false);
        for (int i = 0; i < sequences.Length; i++) CheckCount(i, answers[i].Count, sequences[i].Labels.Length);
        double lastRight = Enumerable.Range(0, sequences.Length).Count(i => answers[i].Count > 0 && answers[i][^1] == sequences[i].Labels[^1]);
        return Report(path, sequences.Length, sequences.Sum(static sequence => sequence.Labels.Length),
            new("accuracy per timestep", Accuracy(sequences, answers)), new("accuracy at the last timestep", Share(lastRight, sequences.Length)));
    }

    private EvaluationReport EvaluateLetters(string path, CancellationToken cancellation)
    {
        LetterOptions letters = LetterGenerator.LettersOf(model);
        using StreamSession session = new StreamingModel(model.Executors).CreateSession();
        long lines = 0, symbols = 0;
        double nats = 0;
        foreach (string line in LabelledFiles.Lines(path))
        {
            cancellation.ThrowIfCancellationRequested();
            lines++;
            session.Reset();
            int previous = letters.Start;
            foreach (int id in line.EnumerateRunes().Select(letter => IdOf(letters, letter, path, lines)).Append(letters.End))
            {
                session.Input<long>(letters.Port)[0] = previous;
                session.Step();
                nats += LogProbability.NatsOf(session.Output<float>(0), id);
                symbols++;
                previous = id;
            }
        }
        return Report(path, lines, symbols, new EvaluationFigure("nats per letter, end mark counted", Share(nats, symbols)));
    }

    private static int IdOf(LetterOptions letters, Rune letter, string path, long line)
    {
        int id = letters.IdOf(letter);
        return id >= 0 ? id : throw new InvalidDataException($"{path}, line {line}: found the letter '{letter}', expected letters of '{string.Concat(letters.Symbols)}'.");
    }

    private static void CheckCount(int index, int found, int expected)
    {
        if (found != expected) throw new InvalidDataException($"sequence {index + 1}: the model answered {found} times, expected {expected}, one answer for each token or row.");
    }

    private static double Accuracy(LabelledSequence[] sequences, List<string>[] answers)
    {
        long right = 0, all = 0;
        for (int i = 0; i < sequences.Length; i++)
        {
            for (int step = 0; step < sequences[i].Labels.Length; step++)
            {
                all++;
                if (answers[i][step] == sequences[i].Labels[step]) right++;
            }
        }
        return Share(right, all);
    }

    private static double Share(double part, double whole) => whole > 0 ? part / whole : 0;

    private EvaluationReport Report(string path, long sequences, long steps, params ImmutableArray<EvaluationFigure> figures)
        => new(model.Card.Name, Path.GetFileName(path), sequences, steps, figures);
}
