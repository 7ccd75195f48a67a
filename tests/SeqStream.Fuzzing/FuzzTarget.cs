using System.Collections.Immutable;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Plan;
using SeqStream.State;

namespace SeqStream.Fuzzing;

/// <summary>
/// What a hostile file meets: reading, both ways of lowering, binding, a few steps on wild numbers, saving, and restoring of damaged bytes. Refusals are values or
/// declared exceptions; anything else flies out of <see cref="Run"/>.
/// </summary>
internal static class FuzzTarget
{
    private const long MostOperations = 20_000_000;
    private const long MostBytes = 4 << 20;

    /// <summary>Runs one input; answers in words what was reached, for coverage.</summary>
    /// <param name="model">The bytes of a model.</param>
    /// <param name="seed">Decides the numbers of the steps.</param>
    /// <param name="beforeSteps">Called before code runs that could take the process down.</param>
    public static string Run(byte[] model, int seed, Action? beforeSteps = null)
    {
        OnnxModel parsed;
        try
        {
            parsed = OnnxModel.Parse(model, "fuzzed.onnx");
        }
        catch (OnnxFormatException fault)
        {
            return "format: " + Normal(fault.Message);
        }
        Random random = new(seed);
        LoweringOptions options = DrawOptions(parsed, random);
        LoweringResult stepped = OnnxLowering.Lower(parsed, options), whole = OnnxLowering.LowerWhole(parsed, options);
        string reached = Describe(stepped) + " / " + Describe(whole);
        if (stepped.Plan is { } plan) reached += Step(plan, random, beforeSteps);
        if (whole.Plan is { } once) reached += Step(once, random, beforeSteps);
        return reached;
    }

    private static LoweringOptions DrawOptions(OnnxModel model, Random random)
    {
        LoweringOptions options = LoweringOptions.Default;
        if (model.Graph.Inputs.IsEmpty || random.Next(3) > 0) return options;
        OnnxValue input = model.Graph.Inputs[random.Next(model.Graph.Inputs.Length)];
        if (random.Next(2) == 0) options = options with { TimeAxis = new InputAxis(input.Name, random.Next(-1, 4)) };
        if (random.Next(2) == 0 && input.HasRank) options = options with { Dimensions = options.Dimensions.SetItem(new InputAxis(input.Name, random.Next(0, 4)).ToString(), random.Next(0, 9)) };
        if (random.Next(3) == 0 && model.Graph.Outputs.Length > 0) options = options with { States = [new DeclaredState(input.Name, model.Graph.Outputs[random.Next(model.Graph.Outputs.Length)].Name)] };
        return options;
    }

    private static string Step(StepPlan plan, Random random, Action? beforeSteps)
    {
        if (plan.Operations > MostOperations || plan.Wires.Sum(static wire => (long)wire.ByteCount) > MostBytes) return " large";
        beforeSteps?.Invoke();
        using StreamingModel model = StreamingModel.FromPlan(plan);
        using StreamSession session = model.CreateSession();
        byte[] before = session.Save();
        for (int step = 0; step < 3; step++)
        {
            for (int port = 0; port < plan.Inputs.Length; port++) Fill(session.Input<byte>(port), plan.Inputs[port].Type, random);
            session.Step();
        }
        byte[] saved = session.Save();
        session.Restore(saved);
        for (int round = 0; round < 3; round++) RestoreDamaged(session, saved, random);
        if (!session.Save().AsSpan().SequenceEqual(saved)) throw new InvalidOperationException("Refused bytes changed the state of a stream.");
        session.Restore(before);
        return $" stepped {plan.Nodes.Length > 0}";
    }

    private static void Fill(Span<byte> bytes, ElementType type, Random random)
    {
        random.NextBytes(bytes);
        if (random.Next(2) == 0) bytes.Clear();
        // Small whole numbers of any integer type: most are valid indices.
        else if (random.Next(2) == 0) for (int at = 0; at < bytes.Length; at++) bytes[at] = at % type.ByteSize() == 0 ? (byte)random.Next(4) : (byte)0;
        if (type == ElementType.Bool) for (int at = 0; at < bytes.Length; at++) bytes[at] &= 1;
    }

    private static void RestoreDamaged(StreamSession session, byte[] saved, Random random)
    {
        byte[] damaged = random.Next(4) switch
        {
            0 => saved[..random.Next(saved.Length)],
            1 => [.. saved, (byte)random.Next(256)],
            _ => [.. saved],
        };
        if (damaged.Length == saved.Length) damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
        try
        {
            session.Restore(damaged);
        }
        catch (StateSnapshotException)
        {
            return;
        }
        throw new InvalidOperationException("A damaged snapshot was restored.");
    }

    private static string Describe(LoweringResult result)
    {
        if (result.Plan is { } plan) return $"plan {string.Join(' ', plan.Nodes.Select(static node => node.Operator).Distinct().Order(StringComparer.Ordinal))}";
        ImmutableArray<Blocker> blockers = result.Blockers;
        if (blockers.IsEmpty) throw new InvalidOperationException("A refusal has no reasons.");
        // The message is part of what a user meets.
        _ = new ModelNotStreamableException(result.File, blockers).Message;
        return $"refused {blockers[0].Operator}: {Normal(blockers[0].Reason)}";
    }

    /// <summary>A message without its numbers and names.</summary>
    private static string Normal(string message)
    {
        System.Text.StringBuilder text = new();
        bool quoted = false;
        foreach (char letter in message)
        {
            if (letter == '\'') quoted = !quoted;
            else if (!quoted && (char.IsAsciiLetter(letter) || letter == ' ')) text.Append(letter);
            if (text.Length == 60) break;
        }
        return text.ToString();
    }
}
