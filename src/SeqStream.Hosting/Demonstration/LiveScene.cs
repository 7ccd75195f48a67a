using System.Runtime.CompilerServices;
using SeqStream.Contracts;
using SeqStream.Hosting.Catalog;
using SeqStream.Pipeline;

namespace SeqStream.Hosting.Demonstration;

/// <summary>A scene in which a stream lives: frames come, and what the model's route says is told.</summary>
/// <param name="Model">A name in the catalog.</param>
/// <param name="Caption">What goes in.</param>
/// <param name="Command">What one types to try the same.</param>
/// <param name="Frames">The frames, in pieces: a sequence each.</param>
internal sealed record LiveScene(string Model, string Caption, string Command, Func<IEnumerable<IEnumerable<SceneFrame>>> Frames) : Scene(Model, Caption, Command)
{
    private const string Stream = "demo";

    /// <summary>True if the text is a row of letters, not of words.</summary>
    public bool IsOfLetters { get; init; }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<string> PlayAsync(LoadedModel model, double pace, [EnumeratorCancellation] CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(model);
        await using StreamEngine engine = new(model.Stages, new EngineOptions { Source = Model });
        Task writing = WriteAsync(engine, pace, cancellation);
        Telling telling = new(IsOfLetters);
        await foreach (Emission emission in engine.Emissions.ReadAllAsync(cancellation).ConfigureAwait(false))
        {
            string? line = telling.Of(emission);
            engine.Pools.Emissions.Return(emission);
            if (line is not null) yield return line;
        }
        await writing.ConfigureAwait(false);
        await engine.Completion.ConfigureAwait(false);
    }

    private async Task WriteAsync(StreamEngine engine, double pace, CancellationToken cancellation)
    {
        try
        {
            StreamId stream = engine.Streams.Intern(Stream);
            foreach (IEnumerable<SceneFrame> sequence in Frames())
            {
                foreach (SceneFrame frame in sequence)
                {
                    if (frame.Pause * pace > TimeSpan.Zero) await Task.Delay(frame.Pause * pace, cancellation).ConfigureAwait(false);
                    FramePayload payload = engine.Pools.Payloads.Rent();
                    frame.Fill(payload);
                    await engine.Frames.WriteAsync(new Frame { Stream = stream, Kind = FrameKind.Data, Time = frame.Time, Payload = payload }, cancellation).ConfigureAwait(false);
                }
                await engine.Frames.WriteAsync(new Frame { Stream = stream, Kind = FrameKind.End, Time = double.NaN }, cancellation).ConfigureAwait(false);
            }
        }
        finally
        {
            engine.Frames.TryComplete();
        }
    }
}
