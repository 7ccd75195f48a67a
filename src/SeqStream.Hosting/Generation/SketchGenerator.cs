using System.Collections.Immutable;
using SeqStream.Contracts;
using SeqStream.Decoding.Sampling;
using SeqStream.Decoding.Strokes;
using SeqStream.FrontEnds.Strokes;
using SeqStream.Hosting.Catalog;
using SeqStream.State;

namespace SeqStream.Hosting.Generation;

/// <summary>
/// Completes a drawing: a model of strokes is given the start mark and the first strokes, then its own points, until it says that the drawing is complete.
/// The same seed gives the same drawing on one instruction set. One thread at a time.
/// </summary>
public sealed class SketchGenerator : IDisposable
{
    private readonly StreamSession _session;
    private readonly StrokeOptions _strokes;
    private readonly MixtureOptions _mixtures;
    private readonly PointMixture _mixture;
    private readonly GenerationOptions _options;
    private readonly SketchPrompt _prompt;
    private readonly int _class;
    private readonly int _maxSteps;
    private Xoshiro256 _random;
    private PenTrack _track;     // as of the last step
    private float _dx, _dy;      // offset to be given to the model next
    private bool _lifts;         // and what the pen does after it
    private bool _isStartDue;    // the start mark is to be given instead
    private int _steps;          // points drawn
    private bool _isOver;

    /// <summary>Creates the generator, at the beginning of the seed's first drawing.</summary>
    /// <param name="model">A model with front end <c>strokes</c> and decoder <c>mixture-density</c>.</param>
    /// <param name="options">Class, seed, temperature, most points. A text prompt, top-k and top-p have no meaning here.</param>
    /// <param name="prompt">The first strokes.</param>
    /// <exception cref="ArgumentException">The model does not draw, or has no such class.</exception>
    /// <exception cref="CardException">The card's front end or decoder does not fit the model.</exception>
    public SketchGenerator(LoadedModel model, GenerationOptions options, SketchPrompt prompt)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(prompt);
        IReadOnlyList<string> problems = options.Sampler.Problems();
        if (problems.Count > 0) throw new ArgumentException(string.Join(' ', problems), nameof(options));
        _strokes = StrokesOf(model);
        _mixtures = MixturesOf(model);
        _mixture = new PointMixture(_mixtures);
        _options = options;
        _prompt = prompt;
        _class = _strokes.Class?.IdOf(options.Class) ?? 0;
        _maxSteps = options.MaxSteps ?? model.Card.Generation.Steps;
        _session = new StreamingModel(model.Executors).CreateSession();
        Begin(0);
    }

    /// <summary>Completes one drawing.</summary>
    /// <param name="index">Which of the seed's drawings, from 0.</param>
    public ImmutableArray<DrawnStroke> Next(int index)
    {
        Begin(index);
        List<DrawnStroke> strokes = [.. _prompt.Strokes.Select(static stroke => new DrawnStroke(stroke, stroke.Length))];
        bool isOpen = _prompt.IsLastOpen;
        while (TryNext(out double x, out double y, out bool lifts))
        {
            if (isOpen) strokes[^1] = strokes[^1] with { Points = strokes[^1].Points.Add((x, y)) };
            else strokes.Add(new DrawnStroke([(x, y)], 0));
            isOpen = !lifts;
        }
        return [.. strokes];
    }

    /// <summary>Begins a drawing: the model is given the start mark and the first strokes.</summary>
    /// <param name="index">Which of the seed's drawings, from 0.</param>
    public void Begin(int index)
    {
        _random = new Xoshiro256(unchecked(_options.Sampler.Seed + (ulong)index));
        _session.Reset();
        _steps = 0;
        _isOver = false;
        _track = PenTrack.At(_strokes.Canvas);
        _isStartDue = true;
        for (int i = 0; i < _prompt.Strokes.Length; i++)
        {
            ImmutableArray<(double X, double Y)> stroke = _prompt.Strokes[i];
            for (int k = 0; k < stroke.Length; k++)
            {
                Step();
                (_dx, _dy) = ((float)stroke[k].X - _track.Place.X, (float)stroke[k].Y - _track.Place.Y);
                _lifts = k == stroke.Length - 1 && !(_prompt.IsLastOpen && i == _prompt.Strokes.Length - 1);
            }
        }
    }

    /// <summary>Draws the next point; false if the drawing is over.</summary>
    /// <param name="x">Where it lies, in units of the canvas.</param>
    /// <param name="y">Where it lies, in units of the canvas.</param>
    /// <param name="lifts">True if the pen lifts after it.</param>
    public bool TryNext(out double x, out double y, out bool lifts)
    {
        (x, y, lifts) = (0, 0, false);
        if (_isOver || _steps >= _maxSteps) return false;
        Step();
        DrawnPoint point = _mixture.Draw(_session.Output<float>(_mixtures.Port), ref _random, _options.Sampler.Temperature);
        _isOver = point.Pen == PenState.Ends;
        if (_isOver) return false;
        (_dx, _dy, _lifts) = ((float)point.Dx, (float)point.Dy, point.Pen == PenState.Lifts);
        _steps++;
        (x, y, lifts) = (_track.Place.X + _dx, _track.Place.Y + _dy, _lifts);
        return true;
    }

    /// <summary>The drawing's memory: what the model remembers, where the pen and the random numbers stand. What was drawn so far is the caller's.</summary>
    public byte[] Save()
    {
        StateWriter writer = new();
        _track.Save(writer);
        writer.WriteAll([_dx, _dy]);
        writer.Write(_lifts);
        writer.Write(_isStartDue);
        writer.Write(_steps);
        writer.Write(_isOver);
        _random.Save(writer);
        writer.Write(_session.Save());
        return writer.Written.ToArray();
    }

    /// <summary>Goes on, point for point, from where <see cref="Save"/> was called, in any process with the same model and options.</summary>
    /// <exception cref="StateSnapshotException">The bytes are damaged or belong to another model.</exception>
    public void Restore(ReadOnlySpan<byte> saved)
    {
        StateReader reader = new(saved);
        PenTrack track = default;
        track.Restore(ref reader);
        float[] offset = new float[2];
        reader.ReadAll(offset);
        bool lifts = reader.ReadBool(), isStartDue = reader.ReadBool();
        int steps = reader.ReadInt(0, int.MaxValue);
        bool isOver = reader.ReadBool();
        Xoshiro256 random = default;
        random.Restore(ref reader);
        _session.Restore(reader.ReadBytes());
        (_track, _dx, _dy, _lifts, _isStartDue, _steps, _isOver, _random) = (track, offset[0], offset[1], lifts, isStartDue, steps, isOver, random);
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    /// <summary>The strokes of a model's front end.</summary>
    /// <exception cref="ArgumentException">The model does not draw.</exception>
    public static StrokeOptions StrokesOf(LoadedModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Card is { FrontEndType: "strokes", DecoderType: "mixture-density" }
            ? StrokeOptions.Read(new CardSection(model.Card.FrontEnd, "frontEnd"), model.Signature)
            : throw new ArgumentException($"Model '{model.Card.Name}' does not draw: its front end is '{model.Card.FrontEndType}' and its decoder '{model.Card.DecoderType}', expected 'strokes' and 'mixture-density'.");
    }

    /// <summary>The mixture of a model's decoder.</summary>
    internal static MixtureOptions MixturesOf(LoadedModel model) => MixtureOptions.Read(new CardSection(model.Card.Decoder, "decoder"), model.Signature);

    private void Step()
    {
        Span<float> point = _session.Input<float>(_strokes.Port);
        if (_isStartDue) PenTrack.WriteStart(point);
        else _track.Write(_strokes, _dx, _dy, _lifts, point);
        _isStartDue = false;
        if (_strokes.Class is not null) _session.Input<long>(_strokes.Class.Port)[0] = _class;
        _session.Step();
    }
}
