namespace SeqStream.Mqtt.Connection;

/// <summary>Opens streams of bytes to a broker.</summary>
public interface ITransport
{
    /// <summary>The broker as people name it; never with credentials.</summary>
    string Address { get; }

    /// <summary>Opens a stream. Reading and writing may happen at the same time; disposing it ends both.</summary>
    /// <exception cref="IOException">The broker cannot be reached.</exception>
    /// <exception cref="System.Security.Authentication.AuthenticationException">TLS failed; the message names the cause.</exception>
    ValueTask<Stream> ConnectAsync(CancellationToken cancellation);
}
