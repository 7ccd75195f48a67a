using System.Collections.Immutable;
using SeqStream.Contracts;
using SeqStream.Execution;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Ort;

namespace SeqStream.Hosting.Verification;

/// <summary>Steps of a whole-sequence model against the whole sequence.</summary>
internal sealed class SequenceVerification
{
    private const int MoreFrames = 24;
    private readonly string _path;
    private readonly OnnxModel _model;
    private readonly LoweringResult _lowering;
    private readonly InputRanges _ranges;
    private readonly VerificationOptions _options;
    private readonly WatchedPlan _watched;
    private readonly Comparison[] _values;    // [watched value] against the native whole sequence
    private readonly Comparison[] _outputs;   // [output] against the reference
    private readonly List<string> _notes = [];
    private OrtSession? _session;
    private long _frames;

    public SequenceVerification(string path, OnnxModel model, LoweringResult lowering, InputRanges ranges, VerificationOptions options)
    {
        (_path, _model, _lowering, _ranges, _options) = (path, model, lowering, ranges, options);
        _watched = WatchedPlan.Of(lowering);
        _values = [.. _watched.Values.Select(value => Of(value))];
        _outputs = [.. lowering.Outputs.Select(output => new Comparison(output.Name, "", "", options))];
    }

    public VerificationReport Run()
    {
        _session = Open();
        string reference = _session is null ? "the native executor on whole sequences" : $"ONNX Runtime {_session.Library.Version}";
        using (_session)
        {
            Random random = new(_options.Seed);
            for (int round = 0; round < _options.Rounds; round++) RunRound(round, random);
            VerificationReport report = new()
            {
                Reference = reference,
                Streams = _options.Rounds * _options.Streams,
                Frames = _frames,
                IsApproximate = _options.IsApproximate,
                Outputs = [.. _outputs.Select(static output => output.Result)],
                Nodes = [.. _values.Take(_values.Length - _outputs.Length).Select(static value => value.Result)],
                Notes = [.. _notes],
            };
            bool isOperatorsFault = _session is not null && !report.IsEqual && report.FirstDifference is null;
            return isOperatorsFault ? report with { Operators = OperatorComparison.Run(_session!.Library, _path, new WholeSequence(_model, _lowering, LengthOf(random)), _ranges, _options) } : report;
        }
    }

    private Comparison Of(LoweredWire value)
    {
        LoweredNode? node = _lowering.Nodes.FirstOrDefault(node => node.Outputs.Contains(value));
        return new Comparison(value.Time.Name, node?.Name ?? "", node?.Operator ?? "", _options);
    }

    /// <summary>ONNX Runtime with the model, if it is there and takes it.</summary>
    private OrtSession? Open()
    {
        OrtLibrary? library = OrtLibrary.Find(_options.OrtLibraryPath).Library;
        if (library is null) _notes.Add("ONNX Runtime was not found (tools/get-onnxruntime fetches it): steps are compared with the native executor alone");
        try
        {
            return library is null ? null : OrtSession.Load(library, _path);
        }
        catch (OrtException refusal)
        {
            _notes.Add($"ONNX Runtime refuses the model ({refusal.Message}): steps are compared with the native executor alone");
            return null;
        }
    }

    private int LengthOf(Random random) => _options.Length > 0 ? _options.Length : checked((int)_lowering.ShortestStream + random.Next(Math.Max(MoreFrames, 3 * _lowering.FramesPerStep)));

    private void RunRound(int round, Random random)
    {
        List<(SteppedStream Stream, Dictionary<string, OrtTensor> Native, IReadOnlyDictionary<string, OrtTensor> Reference)> streams = [];
        for (int at = 0; at < _options.Streams; at++)
        {
            int frames = LengthOf(random);
            WholeSequence whole = new(_model, _lowering, frames);
            ImmutableArray<OrtTensor> inputs = whole.Draw(_ranges, random);
            Dictionary<string, OrtTensor> native = whole.Run(inputs);
            streams.Add((new SteppedStream(_lowering, _watched.Values, inputs, frames, at == 0 ? 0 : random.Next(6)), native, RunReference(whole, inputs) ?? native));
            _frames += frames;
        }
        Step([.. streams.Select(static stream => stream.Stream)], random);
        for (int at = 0; at < streams.Count; at++) Compare(streams[at].Stream, streams[at].Native, streams[at].Reference, (round * _options.Streams) + at);
    }

    private IReadOnlyDictionary<string, OrtTensor>? RunReference(WholeSequence whole, ImmutableArray<OrtTensor> inputs) => _session?.Run([.. inputs, .. whole.Constants.Where(constant => _session.Inputs.Any(input => input.Name == constant.Name))]);

    /// <summary>Steps the streams that have begun and not ended, some of them at each turn, in random order.</summary>
    private void Step(SteppedStream[] streams, Random random)
    {
        using IStepExecutor executor = NativeProgram.Bind(_watched.Plan).CreateExecutor(streams.Length, streams.Length);
        for (int turn = 0; streams.Any(static stream => !stream.HasEnded); turn++)
        {
            SteppedStream[] ready = [.. streams.Where(stream => stream.Start <= turn && !stream.HasEnded).OrderBy(_ => random.Next())];
            SteppedStream[] lanes = ready[..(ready.Length == 0 ? 0 : random.Next(1, ready.Length + 1))];
            for (int lane = 0; lane < lanes.Length; lane++)
            {
                if (lanes[lane].Slot < 0) lanes[lane].Slot = executor.Rent();
                lanes[lane].Feed(executor, lane);
            }
            executor.Step([.. lanes.Select(static stream => stream.Slot)]);
            for (int lane = 0; lane < lanes.Length; lane++) lanes[lane].Take(executor, lane);
        }
    }

    private void Compare(SteppedStream stream, Dictionary<string, OrtTensor> native, IReadOnlyDictionary<string, OrtTensor> reference, int number)
    {
        int inner = _values.Length - _outputs.Length;
        for (int value = 0; value < inner; value++)
        {
            LoweredOutput time = _watched.Values[value].Time;
            if (native.TryGetValue(time.Name, out OrtTensor? whole)) stream.Compare(value, time, whole, number, _values[value]);
        }
        for (int output = 0; output < _outputs.Length; output++) stream.Compare(inner + output, _lowering.Outputs[output], reference[_lowering.Outputs[output].Name], number, _outputs[output]);
    }
}
