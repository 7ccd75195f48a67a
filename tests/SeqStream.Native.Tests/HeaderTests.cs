using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using SeqStream.Native.Abi;
using SeqStream.TestSupport;

namespace SeqStream.Native.Tests;

/// <summary>The header is the contract: compilers take it as it is, and the library has what it says.</summary>
public sealed partial class HeaderTests
{
    private static readonly string s_include = Path.Combine(SharedFolder.Repository, "src", "SeqStream.Native", "include");
    private static readonly string s_header = File.ReadAllText(Path.Combine(s_include, "seqstream.h"));

    [Theory]
    [InlineData("gcc", "c", "c99", "seqstream.h")]
    [InlineData("gcc", "c", "c11", "seqstream.h")]
    [InlineData("g++", "c++", "c++11", "seqstream.h")]
    [InlineData("g++", "c++", "c++17", "seqstream.hpp")]
    public void Compiler_has_nothing_to_say(string compiler, string language, string standard, string header)
    {
        NativeBuild.Require(compiler);
        NativeBuild.Outcome compiled = NativeBuild.Run(compiler, ["-x", language, $"-std={standard}", "-pedantic-errors", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", $"-I{s_include}", Path.Combine(s_include, header), "-Wno-pragma-once-outside-header"]);

        Assert.Equal("", compiled.Errors);
        Assert.Equal(0, compiled.ExitCode);
    }

    [Fact]
    public void Functions_of_the_header_are_those_of_the_library()
    {
        string[] declared = Declared();
        string[] written = [.. typeof(ModelDescription).Assembly.GetTypes()
            .SelectMany(static type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Select(static method => method.GetCustomAttribute<UnmanagedCallersOnlyAttribute>()?.EntryPoint).OfType<string>().Order(StringComparer.Ordinal)];

        Assert.Equal(declared, written);
    }

    [Theory]
    [InlineData("libseqstream.so")]
    [InlineData("libseqstream-baseline.so")]
    public void Library_exports_the_functions_of_the_header(string library)
    {
        Assert.SkipUnless(RuntimeInformation.ProcessArchitecture == Architecture.X64 || library == "libseqstream.so", "Levels are for x64.");
        NativeBuild.Outcome symbols = NativeBuild.Run("nm", ["-D", "--defined-only", Path.Combine(NativeBuild.Folder, "lib", library)]);

        Assert.Equal(Declared(), symbols.Lines.Select(static line => line.Split(' ')[^1].Split('@')[0]).Where(static name => name.StartsWith("seqstream_", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_function_is_described()
    {
        string[] lines = s_header.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            if (!lines[i].StartsWith("SEQSTREAM_API ", StringComparison.Ordinal)) continue;
            bool isDescribed = lines[i - 1].EndsWith("*/", StringComparison.Ordinal) || lines[i - 1].StartsWith("SEQSTREAM_API ", StringComparison.Ordinal);
            Assert.True(isDescribed, $"seqstream.h:{i + 1}: {lines[i]}");
        }
    }

    [Fact]
    public void Structures_lie_as_the_library_lays_them_out()
    {
        Dictionary<string, int> found = NativeBuild.Run(NativeBuild.TestProgram("layout"), []).Lines.Select(static line => line.Split(' ')).ToDictionary(static words => $"{words[0]} {words[1]}", static words => int.Parse(words[2], System.Globalization.CultureInfo.InvariantCulture));
        (string Place, int Bytes)[] expected =
        [
            ("seqstream_model_info size", Unsafe.SizeOf<ModelDescription>()),
            ("seqstream_model_info sample_rate_hz", Offset<ModelDescription>(nameof(ModelDescription.SampleRateHz))),
            ("seqstream_model_info steps_per_second", Offset<ModelDescription>(nameof(ModelDescription.StepsPerSecond))),
            ("seqstream_model_info model_id", Offset<ModelDescription>(nameof(ModelDescription.ModelId))),
            ("seqstream_model_info output_elements", Offset<ModelDescription>(nameof(ModelDescription.OutputElements))),
            ("seqstream_port size", Unsafe.SizeOf<PortDescription>()),
            ("seqstream_port name", Offset<PortDescription>(nameof(PortDescription.Name))),
            ("seqstream_port rank", Offset<PortDescription>(nameof(PortDescription.Rank))),
            ("seqstream_port dimensions", Offset<PortDescription>(nameof(PortDescription.Dimensions))),
            ("seqstream_emission size", Unsafe.SizeOf<EmissionDescription>()),
            ("seqstream_emission step", Offset<EmissionDescription>(nameof(EmissionDescription.Step))),
            ("seqstream_emission score", Offset<EmissionDescription>(nameof(EmissionDescription.Score))),
            ("seqstream_emission label", Offset<EmissionDescription>(nameof(EmissionDescription.Label))),
            ("seqstream_emission outputs", Offset<EmissionDescription>(nameof(EmissionDescription.Outputs))),
            ("seqstream_emission part_count", Offset<EmissionDescription>(nameof(EmissionDescription.PartCount))),
            ("seqstream_output size", Unsafe.SizeOf<EmissionDescription.OutputDescription>()),
            ("seqstream_output values", Offset<EmissionDescription.OutputDescription>(nameof(EmissionDescription.OutputDescription.Values))),
            ("seqstream_part size", Unsafe.SizeOf<EmissionDescription.PartDescription>()),
            ("seqstream_part score", Offset<EmissionDescription.PartDescription>(nameof(EmissionDescription.PartDescription.Score))),
        ];

        Assert.Equal(expected.Length, found.Count);
        foreach ((string place, int bytes) in expected) Assert.Equal((place, bytes), (place, found[place]));
    }

    private static string[] Declared() => [.. Declaration().Matches(s_header).Select(static match => match.Groups[1].Value).Order(StringComparer.Ordinal)];

    private static int Offset<T>(string member) => (int)Marshal.OffsetOf<T>(member);

    [GeneratedRegex(@"^SEQSTREAM_API .*?(seqstream_\w+)\(", RegexOptions.Multiline)]
    private static partial Regex Declaration();
}
