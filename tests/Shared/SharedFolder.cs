namespace SeqStream.TestSupport;

/// <summary>Finds the repository root and the folder of real data and third-party models that lies beside the repository.</summary>
internal static class SharedFolder
{
    /// <summary>The repository root: the nearest parent of the test program that holds SeqStream.sln.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>The path of a file or folder under the shared folder. A test is skipped, with the reason, where it is absent.</summary>
    public static string Require(string relative)
    {
        string path = Path.Combine(Repository, "..", "shared", relative);
        Assert.SkipUnless(Path.Exists(path), $"'{path}' is absent: this test reads real data from the folder 'shared' beside the repository.");
        return Path.GetFullPath(path);
    }

    private static string FindRepository()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "SeqStream.sln"))) return at.FullName;
        }
        throw new InvalidOperationException($"No SeqStream.sln above '{AppContext.BaseDirectory}'.");
    }
}
