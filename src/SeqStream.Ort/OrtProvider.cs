using System.Collections.Immutable;

namespace SeqStream.Ort;

/// <summary>An execution provider to offer nodes to, before the processor.</summary>
/// <param name="Name">Its name in <see cref="OrtLibrary.Providers"/>, such as <c>CUDAExecutionProvider</c>.</param>
/// <param name="Options">Its own options, such as <c>device_id</c>.</param>
public sealed record OrtProvider(string Name, ImmutableDictionary<string, string> Options)
{
    /// <summary>A provider with its default options.</summary>
    public OrtProvider(string name) : this(name, ImmutableDictionary<string, string>.Empty)
    {
    }
}
