using System.Runtime.CompilerServices;
using SeqStream.Hosting.Catalog;

namespace SeqStream.Hosting.Demonstration;

/// <summary>A scene in which a model continues its own output.</summary>
/// <param name="Model">A name in the catalog.</param>
/// <param name="Caption">What is asked for.</param>
/// <param name="Command">What one types to try the same.</param>
/// <param name="Lines">What it writes.</param>
/// <param name="SecondsPerLine">Time to read a line.</param>
internal sealed record WrittenScene(string Model, string Caption, string Command, Func<LoadedModel, IEnumerable<string>> Lines, double SecondsPerLine) : Scene(Model, Caption, Command)
{
    /// <inheritdoc/>
    public override async IAsyncEnumerable<string> PlayAsync(LoadedModel model, double pace, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (string line in Lines(model))
        {
            if (pace > 0) await Task.Delay(TimeSpan.FromSeconds(SecondsPerLine * pace), cancellation).ConfigureAwait(false);
            yield return line;
        }
    }
}
