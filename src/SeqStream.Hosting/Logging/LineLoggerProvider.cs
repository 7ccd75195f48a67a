using Microsoft.Extensions.Logging;
using SeqStream.Hosting.Configuration;

namespace SeqStream.Hosting.Logging;

/// <summary>Writes log entries as one line each. Lines are whole whatever thread writes them. Control characters are escaped, so that no entry can pretend to be two.</summary>
public sealed class LineLoggerProvider : ILoggerProvider
{
    private readonly Lock _gate = new();
    private readonly TextWriter _writer;
    private readonly TimeProvider _time;

    /// <summary>Creates the provider.</summary>
    /// <param name="writer">Where lines go; stays open.</param>
    /// <param name="form">How lines are written; <see cref="LogForm.Choose"/> is <see cref="LogForm.Text"/> here.</param>
    /// <param name="least">Least level that is written.</param>
    /// <param name="time">The clock.</param>
    public LineLoggerProvider(TextWriter writer, LogForm form, LogLevel least, TimeProvider time)
    {
        _writer = writer;
        _time = time;
        Form = form;
        Least = least;
    }

    /// <summary>How lines are written.</summary>
    public LogForm Form { get; }

    /// <summary>Least level that is written. Any thread may change it.</summary>
    public LogLevel Least { get; set; }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new LineLogger(this);

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    internal DateTimeOffset Now => _time.GetUtcNow();

    internal void Write(string line)
    {
        lock (_gate)
        {
            try
            {
                _writer.WriteLine(line);
                _writer.Flush();
            }
            catch (IOException)
            {
                // Nobody reads the log any more; that is no reason to stop serving.
            }
        }
    }
}
