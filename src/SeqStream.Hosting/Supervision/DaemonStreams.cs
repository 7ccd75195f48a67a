using SeqStream.Feeds.Reading;

namespace SeqStream.Hosting.Supervision;

/// <summary>The process's own input and output, for routes that read stdin or write stdout. They stay open as long as the daemon lives, whatever routes come and go.</summary>
public sealed class DaemonStreams : IDisposable
{
    private readonly Lazy<Stream> _input;
    private readonly Lazy<Stream> _output;

    /// <summary>Creates the streams, which are opened when a route first needs them.</summary>
    /// <param name="openInput">Opens stdin.</param>
    /// <param name="openOutput">Opens stdout.</param>
    public DaemonStreams(Func<Stream> openInput, Func<Stream> openOutput)
    {
        _input = new Lazy<Stream>(() => new BlockingSourceStream(openInput()));
        _output = new Lazy<Stream>(() => new SharedOutputStream(openOutput()));
    }

    /// <summary>Bytes to read; one route at a time.</summary>
    public Stream Input => _input.Value;

    /// <summary>Where whole records are written; any number of routes.</summary>
    public Stream Output => _output.Value;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_output.IsValueCreated) _output.Value.Dispose();
    }
}
