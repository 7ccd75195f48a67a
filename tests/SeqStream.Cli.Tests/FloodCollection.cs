namespace SeqStream.Cli.Tests;

/// <summary>A flood leaves other tests no time: these run alone.</summary>
[CollectionDefinition(nameof(FloodTests), DisableParallelization = true)]
public sealed class FloodCollection;
