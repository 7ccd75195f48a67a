namespace SeqStream.Pipeline.Tests;

/// <summary>Sixteen threads at work leave others none: these tests run alone.</summary>
[CollectionDefinition(nameof(ScaleTests), DisableParallelization = true)]
public sealed class ScaleCollection;
