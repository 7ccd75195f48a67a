using System.Diagnostics;

namespace SeqStream.Cli.Tests;

/// <summary>
/// L7: the program needs nothing of its machine but its own files. It runs in a mount namespace whose root is read-only, as a user that nobody knows, without home, temporary folder or locale.
/// Where the namespace may not be made (that takes root), only the environment is emptied.
/// </summary>
public sealed class ReadOnlyMachineTests
{
    private const string Sentence = "Ada Lovelace lived in London .\n";
    private const string Inside = "touch /var/tmp/seqstream-test 2>/dev/null && exit 99; exec env -i PATH=/usr/bin:/bin TMPDIR=/absent DOTNET_ROOT=\"$DOTNET_ROOT\" \"$@\"";

    [Theory]
    [InlineData("run", "ner", "--in", "tokens")]
    [InlineData("run", "ner", "--in", "tokens", "--out", "jsonl")]
    public async Task Answers_are_the_same_on_a_machine_that_may_not_be_written(params string[] arguments)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Mount namespaces are Linux's.");
        string expected = (await Seqstream.RunAsync(Sentence, arguments)).Output;
        string root = Directory.CreateTempSubdirectory("seqstream-root-").FullName;
        try
        {
            string outside = await CanSeparateAsync(root)
                ? $"mount --rbind / '{root}' && mount -o remount,ro,bind '{root}' && exec chroot --userspec=12345:12345 '{root}' /bin/sh -c '{Inside}' sh \"$@\""
                : Inside.Replace("touch /var/tmp/seqstream-test 2>/dev/null && exit 99; ", "", StringComparison.Ordinal);
            string[] shell = outside.StartsWith("mount", StringComparison.Ordinal) ? ["unshare", "-m", "sh", "-c", outside, "sh"] : ["sh", "-c", outside, "sh"];
            (int exit, string output, string errors) = await RunAsync([.. shell, Seqstream.Path, .. arguments]);

            Assert.Equal((0, "", expected), (exit, errors, output));
        }
        finally
        {
            Directory.Delete(root);
        }
    }

    private static async Task<bool> CanSeparateAsync(string root)
        => (await RunAsync(["unshare", "-m", "sh", "-c", $"mount --rbind / '{root}' && mount -o remount,ro,bind '{root}' && chroot --userspec=12345:12345 '{root}' /bin/true"])).Exit == 0;

    private static async Task<(int Exit, string Output, string Errors)> RunAsync(string[] command)
    {
        ProcessStartInfo start = new(command[0], command[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(Sentence);
        process.StandardInput.Close();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output, await errors);
    }
}
