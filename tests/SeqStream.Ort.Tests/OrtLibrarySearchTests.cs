using SeqStream.Ort.Native;
using SeqStream.TestSupport;

namespace SeqStream.Ort.Tests;

public sealed class OrtLibrarySearchTests
{
    [Fact]
    public void Given_path_wins_over_the_environment_and_both_exclude_everything_else()
    {
        Assert.Equal([("given path", Path.GetFullPath("a.so"))], OrtLibrarySearch.Candidates("a.so", "b.so", AppContext.BaseDirectory));
        Assert.Equal([("SEQSTREAM_ORT_LIB", Path.GetFullPath("b.so"))], OrtLibrarySearch.Candidates(null, "b.so", AppContext.BaseDirectory));
    }

    [Fact]
    public void Search_goes_from_the_application_through_the_repository_to_the_system()
    {
        (string Origin, string Path)[] candidates = [.. OrtLibrarySearch.Candidates(null, "", AppContext.BaseDirectory)];
        Assert.Equal(["application", ".native", "system"], candidates.Select(static candidate => candidate.Origin).Distinct());
        Assert.StartsWith(Path.Combine(AppContext.BaseDirectory, "runtimes"), candidates[0].Path, StringComparison.Ordinal);
        string last = candidates.Last(static candidate => candidate.Origin == ".native").Path;
        Assert.Equal(Path.Combine(SharedFolder.Repository, ".native", "onnxruntime"), Path.GetDirectoryName(last));
        Assert.All(candidates.Where(static candidate => candidate.Origin == "system"), static candidate => Assert.Equal(Path.GetFileName(candidate.Path), candidate.Path));
    }

    [Fact]
    public void Outside_a_repository_no_folder_above_the_application_is_searched()
    {
        string outside = Path.Combine(Path.GetPathRoot(AppContext.BaseDirectory)!, "opt", "seqstream");
        IEnumerable<string> folders = OrtLibrarySearch.Candidates(null, null, outside).Where(static candidate => candidate.Origin == ".native").Select(static candidate => Path.GetDirectoryName(candidate.Path)!).Distinct();
        Assert.Equal([Path.Combine(outside, ".native", "onnxruntime")], folders);
    }
}
