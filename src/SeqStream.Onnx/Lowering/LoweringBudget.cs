using System.Globalization;
using SeqStream.Onnx.Reading;
using SeqStream.Plan;

namespace SeqStream.Onnx.Lowering;

/// <summary>
/// Counts what lowering one model has cost so far, all walks over its graph together, and stops what goes beyond the limits: a small file can describe more work than
/// a machine does in a year.
/// </summary>
internal sealed class LoweringBudget
{
    /// <summary>Operations of one lane's step beyond which nobody would wait for it.</summary>
    public const long StepOperations = 200_000_000_000;

    /// <summary>Bytes that all values of one lane's step may have together.</summary>
    public const long StepBytes = 2L << 30;

    private const int MostVisits = 1_500_000;
    private const long FreeBytes = 64L << 20;
    private const int TimesStored = 4;
    private const long FreeWork = 256L << 20;
    private const int TimesWorked = 64;
    private const int WorkOfElement = 16;

    private readonly string _file;
    private readonly long _storedBytes;
    private int _visits;
    private long _keptBytes;
    private long _work;

    /// <summary>Prepares the counts of a model.</summary>
    public LoweringBudget(OnnxModel model)
    {
        _file = model.File;
        _storedBytes = model.Graph.Initializers.Values.Sum(static tensor => (long)(tensor.Value?.Bytes.Length ?? 0));
    }

    /// <summary>Counts nodes, or inputs, that a walk visits.</summary>
    /// <exception cref="LoweringStop">There are too many.</exception>
    public void Visit(int count)
    {
        _visits += count;
        if (_visits <= MostVisits) return;
        throw new LoweringStop([new Blocker(_file, "", Format($"its nodes and its dimensions without a size are so many that finding out how it can be stepped takes more than the limit of {MostVisits} visits of nodes"), "Give sizes for its dimensions and name the axis of time, or use a smaller model")]);
    }

    /// <summary>Counts constants that are about to be made and kept.</summary>
    /// <exception cref="LoweringException">They would be too large.</exception>
    public void Keep(NodeContext context, long bytes)
    {
        long limit = FreeBytes + TimesStored * _storedBytes;
        if (_keptBytes + bytes > limit) throw context.Refuse(Format($"values that do not depend on the inputs would take more than the limit of {limit} bytes"), "Use a smaller model or smaller dimensions");
        _keptBytes += bytes;
    }

    /// <summary>Counts the work of nodes that are about to be computed while the plan is built: bytes read and written, and operations.</summary>
    /// <exception cref="LoweringException">It would take too long.</exception>
    public void Work(NodeContext context, IEnumerable<StepNode> nodes)
    {
        long limit = FreeWork + TimesWorked * _storedBytes;
        long work = 0;
        foreach (StepNode node in nodes)
        {
            work = Add(work, node.Operations);
            foreach (Wire? wire in node.Inputs) work = Add(work, wire?.ByteCount ?? 0);
            foreach (Wire? wire in node.Outputs) work = Add(work, wire?.ByteCount ?? 0);
        }
        if (Add(_work, work) > limit) throw context.Refuse("computing what does not depend on the inputs would take too long", "Use a smaller model, or one whose constants are folded");
        _work += work;
    }

    /// <summary>Counts a table that a rule is about to fill.</summary>
    /// <exception cref="LoweringException">All tables together would take too long.</exception>
    public void Table(NodeContext context, long elements)
    {
        _work += WorkOfElement * elements;
        if (_work > FreeWork + TimesWorked * _storedBytes) throw context.Refuse("the tables of windows that it and other nodes need would take too long to make", "Use smaller dimensions");
    }

    private static long Add(long left, long right) => right < 0 || left > long.MaxValue - right ? long.MaxValue : left + right;

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
