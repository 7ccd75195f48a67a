namespace SeqStream.Feeds.Reading;

/// <summary>What a JSON record carries.</summary>
internal enum JsonContent
{
    None,
    Values,
    Text,
    Control,
}
