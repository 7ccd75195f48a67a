using SeqStream.Contracts;
using SeqStream.State;

namespace SeqStream.FrontEnds.Audio;

/// <summary>
/// Sound to log-mel energies or cepstra: window k covers the samples from k * hop on, and a step holds the features of <c>join</c> windows, oldest first. What does not fill a
/// window at the end is left out. Equal to <c>tools/train/parts/audio.py</c>.
/// </summary>
public sealed class LogMelFrontEnd : SampleFrontEnd
{
    private readonly LogMelOptions _options;
    private readonly MelAnalysis _analysis;
    private readonly ScaledFeatures _scaled;
    private readonly double[] _values; // [feature] of one window
    private readonly int _stepSamples; // that a step needs

    /// <summary>Creates the front end of one stream.</summary>
    public LogMelFrontEnd(LogMelOptions options)
        : this(options, new MelAnalysis(options))
    {
    }

    /// <summary>Creates the front end of one stream on tables that are shared.</summary>
    internal LogMelFrontEnd(LogMelOptions options, MelAnalysis analysis)
        : base(options.RateHz, options.Preemphasis)
    {
        _options = options;
        _analysis = analysis;
        _scaled = new ScaledFeatures(options.Scaling);
        _values = new double[options.FeaturesPerWindow];
        _stepSamples = options.WindowSamples + (options.Join - 1) * options.HopSamples;
    }

    /// <inheritdoc/>
    public override bool IsIdle => base.IsIdle && _scaled.IsFresh;

    /// <inheritdoc/>
    [HotPath]
    public override bool TryNext(StepInputs inputs, ref StepNote note)
    {
        if (Samples.Count < _stepSamples) return false;
        Span<float> features = inputs.Floats(_options.Port);
        for (int window = 0; window < _options.Join; window++)
        {
            _analysis.Apply(Samples.Peek(window * _options.HopSamples, _options.WindowSamples), _values);
            _scaled.Apply(_values, features.Slice(window * _values.Length, _values.Length));
        }
        note.Time = Samples.Time;
        note.Text = default;
        note.IsWarmUp = false;
        Samples.Drop(_options.Join * _options.HopSamples);
        return true;
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        base.Reset();
        _scaled.Reset();
    }

    /// <inheritdoc/>
    public override void Save(StateWriter writer)
    {
        base.Save(writer);
        _scaled.Save(writer);
    }

    /// <inheritdoc/>
    public override void Restore(ref StateReader reader)
    {
        base.Restore(ref reader);
        _scaled.Restore(ref reader);
    }
}
