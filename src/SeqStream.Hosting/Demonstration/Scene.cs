using SeqStream.Hosting.Catalog;

namespace SeqStream.Hosting.Demonstration;

/// <summary>A model at work on input that is made up here, for people to watch.</summary>
/// <param name="Model">A name in the catalog.</param>
/// <param name="Caption">What goes in.</param>
/// <param name="Command">What one types to try the same.</param>
public abstract record Scene(string Model, string Caption, string Command)
{
    /// <summary>Lines that tell what the model says, as it says it.</summary>
    /// <param name="model">The loaded model.</param>
    /// <param name="pace">How fast input comes: 1 as in life, 0 without any pause.</param>
    /// <param name="cancellation">Ends the scene.</param>
    public abstract IAsyncEnumerable<string> PlayAsync(LoadedModel model, double pace, CancellationToken cancellation);
}
