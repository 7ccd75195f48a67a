using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.TestSupport;

namespace SeqStream.Onnx.Tests.Hostile;

/// <summary>What dealing with a hostile file may cost: 2 s of this thread's processor time, and memory that follows from the size of the file.</summary>
internal static class HostileBudget
{
    private const double Seconds = 2;

    /// <summary>Managed bytes that reading may take beside the file's own: together three times the file and 64 MB.</summary>
    public static long ReadingBytes(long file) => 2 * file + 64_000_000;

    /// <summary>Managed bytes that lowering may take.</summary>
    public const long LoweringBytes = 400_000_000;

    /// <summary>Reads a model that must be refused; answers the reason.</summary>
    public static OnnxFormatException Unreadable(byte[] file, OnnxLimits? limits = null)
    {
        OnnxFormatException? fault = null;
        Within(ReadingBytes(file.Length), () => fault = Assert.Throws<OnnxFormatException>(() => OnnxModel.Parse(file, "hostile.onnx", limits)));
        Assert.StartsWith("Model 'hostile.onnx'", fault!.Message, StringComparison.Ordinal);
        Assert.InRange(fault.Message.Length, 30, 40_000);
        return fault;
    }

    /// <summary>Reads a model that is odd, but no more than that.</summary>
    public static OnnxModel Readable(byte[] file)
    {
        OnnxModel? model = null;
        Within(ReadingBytes(file.Length), () => model = OnnxModel.Parse(file, "hostile.onnx"));
        return model!;
    }

    /// <summary>Lowers a model both ways, and binds it where that gives a plan. Answers the first blocker of the way to steps.</summary>
    public static Blocker? Lower(OnnxModel model, LoweringOptions? options = null, long bytes = LoweringBytes)
    {
        LoweringResult? result = null;
        Within(bytes, () => result = OnnxLowering.Lower(model, options));
        Within(bytes, () => Bind(OnnxLowering.LowerWhole(model, options)));
        Within(bytes, () => Bind(result!));
        Assert.All(result!.Blockers, static blocker => Assert.True(blocker.Node.Length > 0 && blocker.Reason.Length > 0 && blocker.Remedy.Length > 0, blocker.ToString()));
        return result.Blockers.IsEmpty ? null : result.Blockers[0];
    }

    /// <summary>Lowers a model that must be refused; answers the first reason.</summary>
    public static Blocker Refused(OnnxModel model, LoweringOptions? options = null, long bytes = LoweringBytes)
    {
        Blocker? blocker = Lower(model, options, bytes);
        Assert.NotNull(blocker);
        return blocker;
    }

    /// <summary>Does something within the time and some bytes. Work beside this thread slows it down, so what takes too long is tried again: the shortest time counts.</summary>
    public static void Within(long bytes, Action action)
    {
        const int attempts = 3;
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        double spent = SecondsOf(action);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        for (int attempt = 1; attempt < attempts && spent > Seconds; attempt++) spent = Math.Min(spent, SecondsOf(action));
        Assert.True(spent <= Seconds, $"it took {spent:F2} s of processor time; the limit is {Seconds} s");
        Assert.True(allocated <= bytes, $"it took {allocated} bytes; the limit is {bytes}");
    }

    private static double SecondsOf(Action action)
    {
        double before = ThreadClock.Seconds();
        action();
        return ThreadClock.Seconds() - before;
    }

    private static void Bind(LoweringResult result)
    {
        if (result.Plan is null) return;
        using StreamingModel model = StreamingModel.FromPlan(result.Plan);
        using StreamSession session = model.CreateSession();
    }
}
