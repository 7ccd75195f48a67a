namespace SeqStream.Hosting.Configuration;

/// <summary>A key of a map with its value.</summary>
internal sealed record ConfigMember(string Key, ConfigPlace Place, ConfigNode Value);
