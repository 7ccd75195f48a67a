using System.Globalization;
using System.Text.Json;
using SeqStream.Cli.Output;
using SeqStream.Decoding.Music;
using SeqStream.Hosting.Catalog;
using SeqStream.Hosting.Generation;

namespace SeqStream.Cli.Running;

/// <summary>Texts that a model writes, printed in one of the formats: <c>text</c>, <c>jsonl</c>, and for tunes <c>midi</c> and <c>wav</c>.</summary>
internal sealed class GeneratedTexts(LoadedModel model, GenerationOptions options, Notices notices)
{
    private const int UsualTexts = 10;
    private readonly bool _isTune = model.Card.Generation.Writes == "abc";

    /// <summary>Writes them.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="format">The format.</param>
    /// <param name="count">How many; null for the usual number.</param>
    public void Write(Stream output, string format, int? count)
    {
        if (format is "midi" or "wav")
        {
            if (!_isTune) throw new UsageException($"Model '{model.Card.Name}' writes no tunes, so there is nothing to play as {format}. Leave out --out {format}.");
            if (count is not (null or 1)) throw new UsageException($"--out {format} writes one tune, but --count asks for {count}. Leave it out, and take another --seed for another tune.");
            using TuneGenerator tunes = new(model, options);
            Play(tunes.Next(0, out _, out _), output, format);
            return;
        }
        if (format is not ("text" or "jsonl")) throw new UsageException($"--out {format} is not known here. Known: {(_isTune ? "text, jsonl, midi, wav" : "text, jsonl")}.");
        using StreamWriter writer = new(output, leaveOpen: true) { NewLine = "\n" };
        using LetterGenerator? letters = _isTune ? null : new(model, options);
        using TuneGenerator? songs = _isTune ? new(model, options) : null;
        for (int i = 0; i < (count ?? (_isTune ? 1 : UsualTexts)); i++)
        {
            double nats;
            string text = letters?.Next(i, out nats) ?? songs!.Next(i, out nats, out _);
            writer.WriteLine(format == "jsonl" ? string.Create(CultureInfo.InvariantCulture, $"{{\"index\":{i},\"text\":\"{JsonEncodedText.Encode(text)}\",\"nats\":{nats:0.####}}}") : text);
            writer.Flush();
        }
    }

    private void Play(string text, Stream output, string format)
    {
        Tune tune = AbcReader.Read(text);
        foreach (AbcProblem problem in tune.Problems) notices.Write($"the tune, {problem}");
        if (tune.Melody.IsEmpty) throw new InvalidDataException($"The tune has no notes: '{text.ReplaceLineEndings(" ")}'. Take another --seed, or another --prompt.");
        using MemoryStream whole = new();
        if (format == "midi") MidiFile.Write(whole, tune);
        else TuneSound.WriteWav(whole, tune);
        whole.WriteTo(output);
    }
}
