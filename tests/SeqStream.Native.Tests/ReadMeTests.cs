using SeqStream.TestSupport;

namespace SeqStream.Native.Tests;

/// <summary>The README's lines in C and Python work as they stand there.</summary>
public sealed class ReadMeTests
{
    private static readonly string s_text = File.ReadAllText(Path.Combine(SharedFolder.Repository, "README.md"));

    [Fact]
    public void Lines_in_C_compile_and_run()
    {
        string folder = Directory.CreateTempSubdirectory("seqstream-readme-").FullName, source = Path.Combine(folder, "lines.c"), program = Path.Combine(folder, "lines");
        File.WriteAllText(source, $$"""
            #include <seqstream.h>
            #include <stdio.h>

            int main(void) {
                seqstream_model model;
                seqstream_stream stream;
                seqstream_emission said = {.struct_size = sizeof said};
                const float reading[] = {39.25f, 0.43f, 22.75f, 0.43f, 33.75f, 1.30f};
            {{Block("c")}}
                return 0;
            }
            """);
        string native = NativeBuild.Folder;
        NativeBuild.Outcome compiled = NativeBuild.Run("gcc", ["-std=c99", "-Wall", "-Wextra", "-Werror", $"-I{native}/include", source, "-o", program, $"-L{native}/lib", "-lseqstream", $"-Wl,-rpath,{native}/lib"]);
        NativeBuild.Outcome run = NativeBuild.Run(program, []);

        Assert.Equal("", compiled.Errors);
        Assert.Equal(0, run.ExitCode);
        Assert.Single(run.Lines);
    }

    [Fact]
    public void Lines_in_Python_run()
    {
        NativeBuild.Require("python3");
        NativeBuild.Outcome run = NativeBuild.Run("python3", ["-c", "from seqstream import *\n" + Block("python")], null,
            ("PYTHONPATH", Path.Combine(SharedFolder.Repository, "tools", "examples", "python")), ("PYTHONDONTWRITEBYTECODE", "1"), ("SEQSTREAM_LIBRARY", Path.Combine(NativeBuild.Folder, "lib", "libseqstream.so")));

        Assert.Equal("", run.Errors);
        Assert.Single(run.Lines);
    }

    private static string Block(string language)
    {
        string start = $"```{language}\n";
        int at = s_text.IndexOf(start, StringComparison.Ordinal) + start.Length;
        return s_text[at..s_text.IndexOf("```", at, StringComparison.Ordinal)];
    }
}
