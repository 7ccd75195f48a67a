namespace SeqStream.Contracts;

/// <summary>What a step of an encoder-decoder does, as the model's input <c>phase</c> says it. A sentence is read forwards while it comes, then backwards, then written.</summary>
public enum SentencePhase
{
    /// <summary>A word is read and put into the memory; at place 0 a new sentence begins.</summary>
    Read,
    /// <summary>A word is read again, from the last to the first, which tells the memory what comes behind each.</summary>
    ReadBack,
    /// <summary>The first word is written: the answer begins.</summary>
    Begin,
    /// <summary>The next word is written behind those chosen before.</summary>
    Write,
}
