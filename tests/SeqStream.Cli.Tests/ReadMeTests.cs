using System.Diagnostics;
using System.Text;
using SeqStream.Contracts;
using SeqStream.TestSupport;

namespace SeqStream.Cli.Tests;

/// <summary>What the README shows works as it stands there.</summary>
public sealed class ReadMeTests
{
    private const string DotnetRun = "dotnet run -c Release --project src/SeqStream.Cli --";
    private static readonly DirectoryInfo s_folder = Directory.CreateTempSubdirectory("seqstream-readme-");   // what the commands leave behind is not the repository's
    private static readonly string s_text = File.ReadAllText(Path.Combine(SharedFolder.Repository, "README.md"));

    public static TheoryData<string> Commands() => [.. Blocks("sh").SelectMany(static block => block.Split('\n', StringSplitOptions.RemoveEmptyEntries))];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Command_of_the_readme_works(string command)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The README's commands are for a Unix shell.");
        string line = command.Replace(DotnetRun, "seqstream", StringComparison.Ordinal);
        ProcessStartInfo shell = new("/bin/bash", ["-o", "pipefail", "-c", line]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = s_folder.FullName };
        shell.Environment["PATH"] = $"{Path.GetDirectoryName(Seqstream.Path)}:{Environment.GetEnvironmentVariable("PATH")}";
        using Process process = Process.Start(shell)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.Equal("", await errors);
        Assert.Equal(0, process.ExitCode);
        Assert.NotEqual("", output);
    }

    [Fact]
    public async Task First_command_tags_people()
    {
        Seqstream.Outcome run = await Seqstream.RunAsync("Harry Potter and Hermione Granger invented a new spell.\n", "run", "ner", "--in", "text", "--out", "text");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(["Harry", "Potter", "and", "Hermione", "Granger", "invented", "a", "new", "spell", "."], run.Lines.Select(static line => line.Split('\t')[0]));
        foreach (string tagged in new[] { "Harry\tB-PER", "Potter\tI-PER", "Hermione\tB-PER", "Granger\tI-PER" }) Assert.Contains(tagged, run.Lines);
    }

    [Fact]
    public void Code_of_the_readme_compiles_and_runs()
    {
        Directory.SetCurrentDirectory(SharedFolder.Repository);
        using StreamingModel model = StreamingModel.Load("models/names/model.onnx");
        using StreamSession session = model.CreateSession();
        session.Input<long>(0)[0] = 5;               // write the step's input in place
        session.Step();                              // synchronous, 0 bytes allocated
        ReadOnlySpan<float> scores = session.Output<float>(0);
        byte[] saved = session.Save();               // restore it in any process that has the model
        using StreamSession other = session.Fork();  // a second stream that remembers the same

        Assert.Equal(30, scores.Length);
        Assert.NotEmpty(saved);
        Assert.Equal(session.Steps, other.Steps);
        string source = File.ReadAllText(Path.Combine(SharedFolder.Repository, "tests", "SeqStream.Cli.Tests", "ReadMeTests.cs"));
        foreach (string line in Blocks("csharp").First().Split('\n', StringSplitOptions.RemoveEmptyEntries)) Assert.Contains(line, source, StringComparison.Ordinal);
    }

    [Fact]
    public void Code_for_models_with_a_card_compiles_and_runs()
    {
        Directory.SetCurrentDirectory(SharedFolder.Repository);
        using LiveModel activity = LiveModel.Load("activity");
        using LiveStream wearer = activity.CreateStream();
        wearer.Push([39.25f, 0.43f, 22.75f, 0.43f, 33.75f, 1.30f]);   // every step that this makes due is made now
        Assert.Equal(1, wearer.Waiting);
        while (wearer.TryTake(out Emission? said)) Console.WriteLine($"{said.Label} {said.Score}");

        string source = File.ReadAllText(Path.Combine(SharedFolder.Repository, "tests", "SeqStream.Cli.Tests", "ReadMeTests.cs"));
        foreach (string line in Blocks("csharp").Last().Split('\n', StringSplitOptions.RemoveEmptyEntries)) Assert.Contains(line, source, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Blocks(string language)
    {
        StringBuilder? block = null;
        foreach (string line in s_text.Split('\n'))
        {
            if (block is null && line == $"```{language}") block = new StringBuilder();
            else if (block is not null && line == "```")
            {
                yield return block.ToString();
                block = null;
            }
            else block?.Append(line).Append('\n');
        }
    }
}
