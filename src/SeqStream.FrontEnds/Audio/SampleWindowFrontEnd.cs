using SeqStream.Contracts;
using SeqStream.State;

namespace SeqStream.FrontEnds.Audio;

/// <summary>Sound as it is: a step holds the next samples, with some of those before in front of them, for models that listen to the waveform.</summary>
public sealed class SampleWindowFrontEnd : SampleFrontEnd
{
    private readonly SampleWindowOptions _options;
    private readonly float[] _context; // [context] the last samples of the step before, scaled

    /// <summary>Creates the front end of one stream.</summary>
    public SampleWindowFrontEnd(SampleWindowOptions options)
        : base((options ?? throw new ArgumentNullException(nameof(options))).RateHz, preemphasis: 0)
    {
        _options = options;
        _context = new float[options.Context];
    }

    /// <inheritdoc/>
    [HotPath]
    public override bool TryNext(StepInputs inputs, ref StepNote note)
    {
        if (Samples.Count < _options.Hop) return false;
        Span<float> window = inputs.Floats(_options.Port);
        _context.CopyTo(window);
        ReadOnlySpan<float> fresh = Samples.Peek(0, _options.Hop);
        Span<float> scaled = window[_context.Length..];
        for (int i = 0; i < scaled.Length; i++) scaled[i] = fresh[i] * _options.Scale;
        window[^_context.Length..].CopyTo(_context);
        note.Time = Samples.Time;
        note.Text = default;
        note.IsWarmUp = false;
        Samples.Drop(_options.Hop);
        return true;
    }

    /// <inheritdoc/>
    public override void End()
    {
        int rest = Samples.Count % _options.Hop;
        if (_options.PadsEnd && rest > 0) Samples.AddSilence(_options.Hop - rest);
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        base.Reset();
        Array.Clear(_context);
    }

    /// <inheritdoc/>
    public override void Save(StateWriter writer)
    {
        base.Save(writer);
        writer.WriteAll(_context);
    }

    /// <inheritdoc/>
    public override void Restore(ref StateReader reader)
    {
        base.Restore(ref reader);
        reader.ReadAll(_context);
    }
}
