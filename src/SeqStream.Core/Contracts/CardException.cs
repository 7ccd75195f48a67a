namespace SeqStream.Contracts;

/// <summary>A model card says something that cannot be used. The message names the place in the card, what stands there, what was expected and what to do.</summary>
public sealed class CardException : Exception
{
    /// <summary>Creates an exception without a message.</summary>
    public CardException()
    {
    }

    /// <summary>Creates the exception.</summary>
    public CardException(string message) : base(message)
    {
    }

    /// <summary>Creates the exception with its cause.</summary>
    public CardException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
