namespace SeqStream.Kernels;

/// <summary>Which kernels run a plan. Made once, when a plan is bound to the machine.</summary>
/// <param name="InstructionSet">The instructions to use.</param>
/// <param name="Reason">Why, for people.</param>
public sealed record KernelChoice(InstructionSet InstructionSet, string Reason)
{
    /// <summary>The environment variable that forces a choice: <c>512</c>, <c>256</c>, <c>128</c> or <c>scalar</c>.</summary>
    public const string EnvironmentVariable = "SEQSTREAM_KERNELS";

    private static readonly Lazy<KernelChoice> s_best = new(Choose);

    /// <summary>The choice for this machine and environment.</summary>
    public static KernelChoice Best => s_best.Value;

    /// <summary>Everything this machine can run, most preferred first; what is compiled ahead of time for one level of the processor has that level's alone. The scalar specification is always last.</summary>
    public static IReadOnlyList<KernelChoice> Available { get; } = List();

    /// <summary>The choice for one instruction set.</summary>
    /// <exception cref="PlatformNotSupportedException">This machine lacks it.</exception>
    public static KernelChoice For(InstructionSet instructionSet)
        => Available.FirstOrDefault(choice => choice.InstructionSet == instructionSet)
            ?? throw new PlatformNotSupportedException($"This machine has no {instructionSet} kernels. It has: {string.Join(", ", Available.Select(static c => c.InstructionSet))}.");

    private static List<KernelChoice> List()
    {
        List<KernelChoice> list = [];
        if (CodeGeneration.Has512) list.Add(new(InstructionSet.Vector512, "AVX-512 is present: 32 registers of 16 floats"));
        if (CodeGeneration.Has256) list.Add(new(InstructionSet.Vector256, "AVX2 and FMA are present: registers of 8 floats"));
        if (CodeGeneration.Has128) list.Add(new(InstructionSet.Vector128, "128-bit vectors are present: registers of 4 floats"));
        list.Add(new(InstructionSet.Scalar, "plain code runs everywhere"));
        return list;
    }

    private static KernelChoice Choose()
    {
        string? forced = Environment.GetEnvironmentVariable(EnvironmentVariable);
        if (string.IsNullOrEmpty(forced)) return Available[0];
        InstructionSet set = forced switch
        {
            "512" => InstructionSet.Vector512,
            "256" => InstructionSet.Vector256,
            "128" => InstructionSet.Vector128,
            "scalar" => InstructionSet.Scalar,
            _ => throw new ArgumentException($"{EnvironmentVariable} is '{forced}'; expected 512, 256, 128 or scalar."),
        };
        return For(set) with { Reason = $"{EnvironmentVariable}={forced} asks for it" };
    }
}
