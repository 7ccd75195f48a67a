using SeqStream.Audio.Resampling;
using SeqStream.Audio.Samples;

namespace SeqStream.Audio;

/// <summary>From sample frames as a source gives them to samples as a front end takes them: channels are mixed, then the rate is changed. Keeps the sample clock.</summary>
internal sealed class MonoChain
{
    private readonly ChannelMix _mix;
    private readonly int _channels;
    private readonly Resampler? _resampler;
    private readonly float[] _mono;    // [sample frame]
    private readonly float[] _outputs; // [sample]
    private readonly int _fromHz;
    private readonly int _toHz;
    private long _start;   // sample frame of the source at which this run began
    private long _outputsOfRun;

    public MonoChain(AudioFormat from, int toHz, ChannelMix mix, int mostFrames)
    {
        _mix = mix;
        _channels = from.Channels;
        _fromHz = from.RateHz;
        _toHz = toHz;
        _resampler = toHz == from.RateHz ? null : new Resampler(new ResamplingFilter(from.RateHz, toHz));
        _mono = new float[mostFrames];
        _outputs = new float[_resampler is null ? mostFrames : Math.Max(_resampler.MostOutputs(mostFrames), _resampler.MostFlushed)];
    }

    /// <summary>Time of the next output in seconds since the source began.</summary>
    public double Time => _start / (double)_fromHz + _outputsOfRun / (double)_toHz;

    /// <summary>Mixes and resamples. The answer is valid until the next call.</summary>
    [HotPath]
    public ReadOnlySpan<float> Process(ReadOnlySpan<float> samples)
    {
        Span<float> mono = _mono.AsSpan(0, samples.Length / _channels);
        _mix.Apply(samples, _channels, mono);
        return Resample(mono);
    }

    /// <summary>At most as many sample frames of silence as a read can give.</summary>
    [HotPath]
    public ReadOnlySpan<float> Silence(int frames)
    {
        Span<float> mono = _mono.AsSpan(0, frames);
        mono.Clear();
        return Resample(mono);
    }

    /// <summary>Outputs that waited for inputs; none may follow before <see cref="Restart"/>.</summary>
    public ReadOnlySpan<float> Flush() => _resampler is null ? [] : _outputs.AsSpan(0, _resampler.Flush(_outputs));

    /// <summary>Notes that outputs were passed on.</summary>
    public void Advance(int outputs) => _outputsOfRun += outputs;

    /// <summary>Forgets the samples so far; the next one is sample frame <paramref name="sourceFrame"/> of the source.</summary>
    public void Restart(long sourceFrame)
    {
        _resampler?.Reset();
        _start = sourceFrame;
        _outputsOfRun = 0;
    }

    private ReadOnlySpan<float> Resample(Span<float> mono)
        => _resampler is null ? mono : _outputs.AsSpan(0, _resampler.Process(mono, _outputs));
}
