namespace SeqStream.Hosting.Configuration;

/// <summary>What stands at a place of a configuration.</summary>
internal enum ConfigNodeKind
{
    /// <summary>Nothing: an empty value, <c>null</c> or <c>~</c>.</summary>
    Nothing,
    /// <summary>A text, number or word.</summary>
    Text,
    /// <summary>Values in order.</summary>
    List,
    /// <summary>Keys with their values.</summary>
    Map,
}
