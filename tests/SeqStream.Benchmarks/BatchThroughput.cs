using BenchmarkDotNet.Attributes;
using SeqStream.Cells;
using SeqStream.Contracts;
using SeqStream.Execution;
using SeqStream.Hosting.Benchmarking;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;

namespace SeqStream.Benchmarks;

/// <summary>What does a step cost per stream when many streams are stepped together? Times are of a whole batch.</summary>
[MemoryDiagnoser]
public class BatchThroughput
{
    private IStepExecutor _executor = null!;
    private int[] _slots = null!;

    /// <summary>Lanes of a step.</summary>
    [Params(1, 8, 128)]
    public int Batch { get; set; }

    /// <summary>Creates the streams.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        LoweringResult lowering = OnnxLowering.Lower(OnnxModel.Parse(CellModelFile.Of(CellKind.Gru, 40, 64), "cell"));
        _executor = NativeProgram.Bind(lowering.PlanOrThrow()).CreateExecutor(Batch, Batch);
        _slots = [.. Enumerable.Range(0, Batch).Select(_ => _executor.Rent())];
    }

    /// <summary>A step of all lanes.</summary>
    [Benchmark]
    public void Gru40x64() => _executor.Step(_slots);
}
