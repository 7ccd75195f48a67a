namespace SeqStream.Ort.Tests;

public sealed class OrtLibraryTests
{
    [Fact]
    public void Found_library_names_its_version_and_has_the_processor_among_its_providers()
    {
        OrtLibrary library = Runtime.Require();
        Assert.Matches(@"^1\.\d+\.\d+", library.Version);
        Assert.Contains("CPUExecutionProvider", library.Providers);
        Assert.Contains(library.Version, OrtLibrary.Find().ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Library_is_loaded_once()
    {
        Assert.Same(Runtime.Require(), OrtLibrary.Load());
    }

    [Fact]
    public void Absent_given_path_is_the_only_place_tried_and_the_message_says_what_to_do()
    {
        string path = Path.Combine(AppContext.BaseDirectory, "no-such-folder", "libonnxruntime.so.1");
        OrtLibraryNotFoundException exception = Assert.Throws<OrtLibraryNotFoundException>(() => OrtLibrary.Load(path));
        OrtLibraryPlace place = Assert.Single(exception.Finding.Tried);
        Assert.Equal(("given path", path, "absent"), (place.Origin, place.Path, place.Outcome));
        Assert.Contains(path, exception.Message, StringComparison.Ordinal);
        Assert.Contains("tools/get-onnxruntime", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void File_that_is_no_library_is_refused_with_the_loaders_reason()
    {
        string path = Path.Combine(AppContext.BaseDirectory, $"not-a-library-{Guid.NewGuid():N}.so");
        File.WriteAllText(path, "text");
        try
        {
            OrtLibraryFinding finding = OrtLibrary.Find(path);
            Assert.Null(finding.Library);
            Assert.NotEqual("absent", Assert.Single(finding.Tried).Outcome);
            Assert.Contains(path, finding.ToString(), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Another_native_library_is_refused_because_it_is_not_onnx_runtime()
    {
        string folder = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        string path = Directory.EnumerateFiles(folder, "*System.Native.*").First(static file => !file.EndsWith(".a", StringComparison.Ordinal));
        OrtLibraryFinding finding = OrtLibrary.Find(path);
        Assert.Null(finding.Library);
        Assert.Contains("OrtGetApiBase", finding.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Folder_of_the_library_is_as_good_as_its_file()
    {
        string path = Runtime.Require().Path;
        Assert.SkipUnless(Path.IsPathRooted(path), "The library was found by the system's loader, not in a folder.");
        Assert.NotNull(OrtLibrary.Find(Path.GetDirectoryName(path)).Library);
    }
}
