namespace SeqStream.Contracts;

/// <summary>What a payload holds.</summary>
public enum FrameContent
{
    /// <summary>Numbers, in segments by input port.</summary>
    Values,
    /// <summary>A piece of running text in UTF-8, not split into tokens.</summary>
    Text,
    /// <summary>Text already split: tokens separated by single blanks.</summary>
    Tokens,
}
