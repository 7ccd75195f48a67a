using System.Globalization;
using System.Text;
using SeqStream.Contracts;
using SeqStream.Hosting.Catalog;

namespace SeqStream.Hosting.Evaluation;

/// <summary>
/// <c>translation</c>: BLEU of a translator, with its beam and taking the best word at every step. The format names the languages, as in <c>fr-en</c>: the data is a file <c>NAME.fr</c>,
/// beside which <c>NAME.en</c> has the wanted sentence on the same line, or a <c>.tsv</c> file whose first column is the wanted sentence and whose second the source. Either may be packed (<c>.gz</c>).
/// </summary>
internal sealed class TranslationMeasure : IMeasure
{
    /// <inheritdoc/>
    public async Task<EvaluationReport> RunAsync(EvaluationTask task, CancellationToken cancellation)
    {
        int beam = BeamStages.OptionsOf(task.Model).Width;
        (string Source, string Wanted)[] pairs = [.. Pairs(task.Path, task.Format)];
        string[] searched = await TranslateAsync(task, beam, pairs, cancellation).ConfigureAwait(false);
        string[] greedy = await TranslateAsync(task, 1, pairs, cancellation).ConfigureAwait(false);
        string width = beam.ToString(CultureInfo.InvariantCulture);
        return task.Report(pairs.Length, pairs.Sum(static pair => (long)Bleu.WordsOf(pair.Wanted).Length),
            new($"BLEU, lower case, beam {width}", Score(searched, pairs, isLower: true)), new($"BLEU, cased, beam {width}", Score(searched, pairs, isLower: false)),
            new("BLEU, lower case, greedy", Score(greedy, pairs, isLower: true)), new("BLEU, cased, greedy", Score(greedy, pairs, isLower: false)));
    }

    private static async Task<string[]> TranslateAsync(EvaluationTask task, int beam, (string Source, string Wanted)[] pairs, CancellationToken cancellation)
    {
        StringBuilder[] answers = [.. pairs.Select(static _ => new StringBuilder())];
        LabelledSequence[] sentences = [.. pairs.Select(static pair => new LabelledSequence([], [], []) { Text = pair.Source })];
        await new SequenceRunner(task.Model, task.Threads) { Stages = BeamStages.Of(task.Model, beam) }.RunAsync(sentences, (index, emission) =>
        {
            if (emission.Kind != EmissionKind.Text || emission.IsPartial) return;
            if (answers[index].Length > 0) answers[index].Append(' ');
            answers[index].Append(Encoding.UTF8.GetString(emission.Text));
        }, cancellation).ConfigureAwait(false);
        return [.. answers.Select(static answer => answer.ToString())];
    }

    private static double Score(string[] answers, (string Source, string Wanted)[] pairs, bool isLower)
    {
        Bleu bleu = new();
        for (int i = 0; i < pairs.Length; i++) bleu.Add(Cased(answers[i], isLower), Cased(pairs[i].Wanted, isLower));
        return bleu.Percent;
    }

    private static string Cased(string text, bool isLower) => isLower ? text.ToLowerInvariant() : text;

    private static IEnumerable<(string Source, string Wanted)> Pairs(string path, string format)
    {
        string[] languages = format.Split('-');
        if (languages.Length != 2) throw new ArgumentException($"The card's evaluation has the format '{format}', expected two languages as in 'fr-en'.");
        string packed = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[^3..] : "", plain = path[..^packed.Length];
        if (plain.EndsWith(".tsv", StringComparison.OrdinalIgnoreCase)) return Columns(path);
        string ending = $".{languages[0]}";
        if (!plain.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) throw new InvalidDataException($"'{path}' is no data for a translator from '{languages[0]}' to '{languages[1]}': expected a file NAME{ending} with NAME.{languages[1]} beside it, or a .tsv file; .gz may follow.");
        return Lines(path, $"{plain[..^ending.Length]}.{languages[1]}{packed}");
    }

    private static IEnumerable<(string Source, string Wanted)> Lines(string path, string wantedPath)
    {
        string[] sources = [.. LabelledFiles.Lines(path)], wanted = [.. LabelledFiles.Lines(wantedPath)];
        if (sources.Length != wanted.Length) throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"'{path}' has {sources.Length} lines and '{wantedPath}' {wanted.Length}; expected the same number, line by line a sentence and its translation."));
        return sources.Zip(wanted);
    }

    private static IEnumerable<(string Source, string Wanted)> Columns(string path)
    {
        long number = 0;
        foreach (string line in LabelledFiles.Lines(path))
        {
            number++;
            string[] columns = line.Split('\t');
            if (columns.Length < 2) throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{path}, line {number}: found '{line}', expected 'wanted<TAB>source'."));
            yield return (columns[1], columns[0]);
        }
    }
}
