using System.Globalization;
using SeqStream.Hosting.Catalog;

namespace SeqStream.Cli.Output;

/// <summary>What people should know beside the results, on stderr; nothing under <c>--quiet</c>.</summary>
internal sealed class Notices(bool isQuiet)
{
    /// <summary>Says which executor was taken, where it is not the one that everybody expects.</summary>
    public void ExplainExecutor(LoadedModel model, ModelLoadOptions asked)
    {
        if (asked.Window is { } window)
            Write(string.Create(CultureInfo.InvariantCulture, $"approximate: each answer is that of a sequence that began {window} frames ago, because {model.ExecutorReason}"));
        else if (asked.Executor == ExecutorKind.Choose && model.Executors is not Execution.NativeProgram) Write($"executor: {model.Executors.Description}, because {model.ExecutorReason}");
    }

    /// <summary>Says which layers look ahead, by how much the answers lag, and what measures how far they are from those of the whole sequence.</summary>
    public void ExplainLookAhead(LoadedModel model, ModelLoadOptions asked)
    {
        if (asked.LookAhead is null || model.Lowering.Approximate.IsEmpty) return;
        foreach (string note in model.Lowering.Notes) Write(note);
        Write(string.Create(CultureInfo.InvariantCulture, $"'seqstream verify {model.Card.Name} --lookahead {asked.LookAhead}' measures how near the answers are"));
    }

    /// <summary>Says how many streams ended before the model could answer.</summary>
    public void CountTooShort(long streams, long shortest)
    {
        if (streams > 0) Write(string.Create(CultureInfo.InvariantCulture, $"{streams} {(streams == 1 ? "stream" : "streams")} ended before frame {shortest}: the model has no answer for streams that short"));
    }

    /// <summary>Says how many frames at the ends of streams the model could not answer for.</summary>
    public void CountCutFrames(long frames, int multiple)
    {
        if (frames > 0) Write(string.Create(CultureInfo.InvariantCulture, $"{frames} {(frames == 1 ? "frame was" : "frames were")} dropped at the ends of streams: the model runs only for lengths that are multiples of {multiple}"));
    }

    /// <summary>Writes a notice.</summary>
    public void Write(string notice)
    {
        if (!isQuiet) Console.Error.WriteLine($"seqstream: {notice}");
    }
}
