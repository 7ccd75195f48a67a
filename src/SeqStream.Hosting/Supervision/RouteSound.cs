using SeqStream.Audio;
using SeqStream.Audio.Wav;
using SeqStream.Hosting.Catalog;
using SeqStream.Hosting.Configuration;
using SeqStream.Hosting.Sound;

namespace SeqStream.Hosting.Supervision;

/// <summary>The sound that a route listens to, and how its model takes it.</summary>
/// <param name="Source">Where the sound comes from.</param>
/// <param name="Fit">How the model listens.</param>
internal sealed record RouteSound(SoundSource Source, SoundFit Fit)
{
    /// <summary>Fits the model to the route's sound; null if the feed is none.</summary>
    /// <exception cref="ArgumentException">The keys do not go together, or the model takes no sound.</exception>
    /// <exception cref="AudioException">The source is described wrongly, or its file is no WAV file.</exception>
    public static RouteSound? Find(RouteOptions options, ModelReference reference)
    {
        bool isUri = AudioFeeds.IsUri(options.Feed);
        string card = reference.Card.InputFormat;
        string format = options.InputFormat ?? (isUri && !AudioFeeds.IsFormat(card) ? "s16le" : card);
        if (!AudioFeeds.IsFormat(format))
        {
            if (isUri) throw new ArgumentException($"the feed is a source of sound, but 'in' is '{format}'; expected {string.Join(", ", SoundSource.Formats)}: what the command writes. Leave 'in' out for s16le.");
            if (options.HasSoundKeys) throw new ArgumentException($"the key 'sound' is for sound, but the records are '{format}'. Name what the samples are, as in 'in: s16le' or 'in: wav', or leave 'sound' out.");
            return null;
        }
        SoundSource source = options.Sound with { Name = options.Feed is "-" ? "stdin" : options.Feed, Format = format };
        return new RouteSound(source, SoundFit.Of(RateHz(source, reference), reference, options.Load));
    }

    /// <summary>A feed of its own for every run of the route.</summary>
    public AudioFeed CreateFeed(Stream input, Action<AudioGap> gaps) => Source.CreateFeed(Source.Create(input), Fit.RateHz, gaps);

    private static int RateHz(SoundSource source, ModelReference reference)
    {
        if (source.Format != AudioFeeds.WavFormat || AudioFeeds.IsDevice(source.Name) || SoundFit.KnowsItsRate(reference.Card)) return source.From.RateHz;
        if (source.Name == "stdin" || AudioFeeds.IsUri(source.Name))
            throw new ArgumentException($"'in' is 'wav', whose rate is known only when it comes, and model '{reference.Card.Name}' has none of its own. Use 'in: s16le' with 'sound: {{ rate: HZ }}'.");
        using FileStream file = File.OpenRead(RoutePlan.PathOf(source.Name, "stdin"));
        return new WavSource(source.Name, file).OpenAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult().RateHz;
    }
}
