using BenchmarkDotNet.Attributes;
using SeqStream.Cells;
using SeqStream.Execution;
using SeqStream.Hosting.Benchmarking;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Ort;
using SeqStream.Ort.Stepping;

namespace SeqStream.Benchmarks;

/// <summary>How long does one step of one stream take, and how much does it allocate? ONNX Runtime with bound inputs, outputs and states is the baseline.</summary>
[MemoryDiagnoser]
public class StepLatency
{
    private StreamSession _session = null!;
    private OrtStepper? _peer;
    private float[] _features = null!;
    private float[] _outputs = null!;

    /// <summary>The cell.</summary>
    [Params(CellKind.Lstm, CellKind.Gru)]
    public CellKind Cell { get; set; }

    /// <summary>Units; inputs are those of the standard sizes.</summary>
    [Params(16, 64, 256)]
    public int Hidden { get; set; }

    /// <summary>Creates the session and, where the library is found, its peer.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        int input = Hidden switch { 16 => 1, 64 => 40, _ => 128 };
        byte[] file = CellModelFile.Of(Cell, input, Hidden);
        LoweringResult lowering = OnnxLowering.Lower(OnnxModel.Parse(file, "cell"));
        _session = new StreamingModel(NativeProgram.Bind(lowering.PlanOrThrow())).CreateSession();
        _features = new float[input];
        _outputs = new float[_session.Signature.Outputs[0].ElementCount];
        OrtLibrary library = OrtLibrary.Load();
        OrtStepModel states = new() { States = [.. lowering.States.Select(static pair => new OrtStatePair(pair.Input, pair.Output))] };
        _peer = new OrtProgram(OrtSession.Load(library, file, "cell"), states).CreateStepper(1);
    }

    /// <summary>A step of ONNX Runtime.</summary>
    [Benchmark(Baseline = true)]
    public void OnnxRuntime() => _peer!.Step();

    /// <summary>A step of a session.</summary>
    [Benchmark]
    public void Session() => _session.Step(_features, _outputs);

    /// <summary>An answer that does not move the stream.</summary>
    [Benchmark]
    public void Peek() => _session.Peek(_features, _outputs);
}
