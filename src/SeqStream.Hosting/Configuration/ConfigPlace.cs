using System.Globalization;

namespace SeqStream.Hosting.Configuration;

/// <summary>Where a setting stands: a place in a file, or the name of an environment variable or of a flag.</summary>
/// <param name="Source">The file as it was named, the variable or the flag.</param>
/// <param name="Line">Line in the file, from 1; 0 for other sources.</param>
/// <param name="Column">Column in that line, from 1.</param>
public readonly record struct ConfigPlace(string Source, long Line = 0, long Column = 0)
{
    /// <inheritdoc/>
    public override string ToString() => Line == 0 ? Source : string.Create(CultureInfo.InvariantCulture, $"{Source}:{Line}:{Column}");
}
