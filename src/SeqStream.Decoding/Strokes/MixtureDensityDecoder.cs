using SeqStream.Contracts;
using SeqStream.Decoding.Sampling;
using SeqStream.State;

namespace SeqStream.Decoding.Strokes;

/// <summary>
/// Says at every step where the pen goes next, drawn from the mixture that the model answers: an output <c>next</c> of offset x, offset y (units of the coordinates) and what the pen does
/// after it (0 goes on, 1 lifts, 2 the drawing is complete), and an output <c>pen</c> of the three probabilities. The same seed and the same answers give the same points on every machine.
/// </summary>
/// <param name="options">The mixture, the temperature and the seed.</param>
public sealed class MixtureDensityDecoder(MixtureOptions options) : IDecoder
{
    private readonly PointMixture _mixture = new(options);
    private Xoshiro256 _random = new(options.Seed);

    /// <inheritdoc/>
    [HotPath]
    public void Accept(in StepResult result, IEmissionWriter emissions)
    {
        ReadOnlySpan<float> answer = result.Floats(options.Port);
        DrawnPoint point = _mixture.Draw(answer, ref _random, options.Temperature);
        Emission emission = emissions.Rent();
        emission.Kind = EmissionKind.Outputs;
        emission.Step = result.Step;
        emission.Time = result.Time;
        emission.HasNames = true;
        emission.BeginOutput("next", isSingle: true);
        emission.AddValue(point.Dx);
        emission.AddValue(point.Dy);
        emission.AddValue((int)point.Pen);
        emission.BeginOutput("pen", isSingle: true);
        for (PenState pen = PenState.Draws; pen <= PenState.Ends; pen++) emission.AddValue(_mixture.PenOdds(answer, pen));
        emissions.Write(emission);
    }

    /// <inheritdoc/>
    public void End(IEmissionWriter emissions) => Reset();

    /// <inheritdoc/>
    public void Reset() => _random = new Xoshiro256(options.Seed);

    /// <inheritdoc/>
    public void Save(StateWriter writer) => _random.Save(writer);

    /// <inheritdoc/>
    public void Restore(ref StateReader reader) => _random.Restore(ref reader);
}
