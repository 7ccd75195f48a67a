namespace SeqStream.Models;

/// <summary>How <c>generate</c> uses a model: the card's section <c>generation</c>.</summary>
/// <param name="Writes">What its texts are: <c>abc</c> for tunes in ABC notation, else empty.</param>
/// <param name="Begin">What a text begins with where the prompt does not begin with the first two letters of it.</param>
/// <param name="Steps">Most letters or points of a sequence where nothing else is asked for.</param>
/// <param name="Temperature">How freely it is drawn where nothing else is asked for.</param>
public sealed record ModelGeneration(string Writes, string Begin, int Steps, double Temperature = 1)
{
    /// <summary>Most letters where a card says nothing.</summary>
    public const int UsualSteps = 200;

    /// <summary>A prompt with what must stand before it.</summary>
    public string Complete(string prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        bool isComplete = Begin.Length == 0 || prompt.StartsWith(Begin[..Math.Min(2, Begin.Length)], StringComparison.Ordinal);
        return isComplete ? prompt : Begin + prompt;
    }
}
