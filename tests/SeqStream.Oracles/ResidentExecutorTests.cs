using System.Runtime.InteropServices;
using SeqStream.Contracts;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Onnx.Writing;
using SeqStream.Ort;
using SeqStream.Ort.Stepping;
using SeqStream.Plan;
using SeqStream.TestSupport;

namespace SeqStream.Oracles;

/// <summary>States that stay on the device, tried on the processor: streams come, go, move and are more than were expected.</summary>
public sealed class ResidentExecutorTests
{
    private const int Streams = 150, MaxLanes = 6;

    [Fact]
    public void Streams_that_join_leave_and_move_equal_native_ones()
    {
        using Pair pair = new();
        Random random = new(3);
        List<(int Native, int Resident)> live = [];
        for (int turn = 0; turn < 120; turn++)
        {
            while (live.Count < Math.Min(Streams, turn * 2)) live.Add((pair.Native.Rent(), pair.Resident.Rent()));
            (int Native, int Resident)[] chosen = [.. live.OrderBy(_ => random.Next()).Take(random.Next(1, MaxLanes + 1))];
            if (chosen.Length == 0) continue;
            pair.Step(chosen, random, turn);
            switch (random.Next(6))
            {
                case 0: Replace(pair, live, random.Next(live.Count)); break;
                case 1: pair.Native.Reset(chosen[0].Native); pair.Resident.Reset(chosen[0].Resident); break;
                case 2: pair.Native.Copy(chosen[0].Native, chosen[^1].Native); pair.Resident.Copy(chosen[0].Resident, chosen[^1].Resident); break;
                case 3: pair.Move(chosen[0]); break;
            }
            Assert.Equal(live.Count, pair.Resident.LiveStreams);
        }
    }

    [Fact]
    public void Step_allocates_nothing()
    {
        using Pair pair = new();
        int[] slots = [pair.Resident.Rent(), pair.Resident.Rent(), pair.Resident.Rent()];
        for (int step = 0; step < 4; step++) pair.Resident.Step(slots);
        Assert.Equal(0, Allocation.Of(() =>
        {
            for (int step = 0; step < 20; step++) pair.Resident.Step(slots);
        }));
    }

    [Fact]
    public void Disposed_executor_refuses_a_step()
    {
        using Pair pair = new();
        int slot = pair.Resident.Rent();
        pair.Resident.Dispose();
        Assert.Throws<ObjectDisposedException>(() => pair.Resident.Step([slot]));
    }

    private static void Replace(Pair pair, List<(int Native, int Resident)> live, int index)
    {
        pair.Native.Return(live[index].Native);
        pair.Resident.Return(live[index].Resident);
        live[index] = (pair.Native.Rent(), pair.Resident.Rent());
    }

    /// <summary>The same model natively and with resident states.</summary>
    private sealed class Pair : IDisposable
    {
        private readonly OrtResidentProgram _program;
        private readonly StreamingModel _model;

        public Pair()
        {
            OrtLibraryFinding finding = OrtLibrary.Find();
            Assert.SkipWhen(finding.Library is null, $"{finding}\nRun tools/get-onnxruntime first.");
            LoweringResult lowering = OnnxLowering.Lower(OnnxModel.Load(Path.Combine(SharedFolder.Repository, "models", "activity", "model.onnx")));
            StepPlan plan = lowering.PlanOrThrow();
            ResidentModelFiles files = StepModelWriter.WriteResident(lowering, decompose: true);
            StepSignature signature = new(plan.Name, plan.Id, files.Step.Inputs, files.Step.Outputs, plan.Layout);
            OrtResidentModel model = new(files.Step.Bytes, files.Read, files.Write, signature, [.. files.Step.States.Select(static state => new OrtStatePair(state.Input, state.Output))], ResidentModelFiles.Slots, ResidentModelFiles.RowsSuffix);
            _program = new OrtResidentProgram(finding.Library!, model, new OrtSessionOptions { Providers = [new OrtProvider("CPUExecutionProvider")] });
            _model = StreamingModel.FromPlan(plan);
            Resident = _program.CreateExecutor(MaxLanes, expectedStreams: 2);
            Native = _model.CreateExecutor(MaxLanes, Streams);
        }

        public IStepExecutor Native { get; }

        public IStepExecutor Resident { get; }

        public void Step((int Native, int Resident)[] streams, Random random, int turn)
        {
            for (int lane = 0; lane < streams.Length; lane++)
            {
                foreach (ref float value in MemoryMarshal.Cast<byte, float>(Native.Input(0, lane))) value = random.NextSingle();
                Native.Input(0, lane).CopyTo(Resident.Input(0, lane));
            }
            Native.Step([.. streams.Select(static stream => stream.Native)]);
            Resident.Step([.. streams.Select(static stream => stream.Resident)]);
            for (int lane = 0; lane < streams.Length; lane++)
            {
                float[] expected = MemoryMarshal.Cast<byte, float>(Native.Output(0, lane)).ToArray(), found = MemoryMarshal.Cast<byte, float>(Resident.Output(0, lane)).ToArray();
                for (int i = 0; i < expected.Length; i++) Assert.True(MathF.Abs(expected[i] - found[i]) <= 1e-4f, $"turn {turn}, lane {lane} of {streams.Length}: natively {expected[i]}, resident {found[i]}");
            }
        }

        /// <summary>The rows change places: either executor understands the other's.</summary>
        public void Move((int Native, int Resident) stream)
        {
            byte[] native = new byte[Native.Signature.Layout.RowBytes], resident = new byte[native.Length];
            Native.Save(stream.Native, native);
            Resident.Save(stream.Resident, resident);
            Native.Restore(stream.Native, resident);
            Resident.Restore(stream.Resident, native);
        }

        public void Dispose()
        {
            Native.Dispose();
            Resident.Dispose();
            _program.Dispose();
            _model.Dispose();
        }
    }
}
