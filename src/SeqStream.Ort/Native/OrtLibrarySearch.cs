using System.Runtime.InteropServices;

namespace SeqStream.Ort.Native;

/// <summary>Lists where the native library may be, in order of preference. A path that somebody named is the only candidate: it is never silently replaced.</summary>
internal static class OrtLibrarySearch
{
    /// <summary>Candidates as (origin, path); a path without a directory is a name for the system's loader.</summary>
    public static IEnumerable<(string Origin, string Path)> Candidates(string? givenPath, string? environmentPath, string applicationFolder)
    {
        if (!string.IsNullOrEmpty(givenPath)) return InFolderOrFile("given path", givenPath);
        if (!string.IsNullOrEmpty(environmentPath)) return InFolderOrFile(OrtLibrary.PathVariable, environmentPath);
        return Default(applicationFolder);
    }

    private static string[] FileNames =>
        OperatingSystem.IsWindows() ? ["onnxruntime.dll"]
        : OperatingSystem.IsMacOS() ? ["libonnxruntime.1.dylib", "libonnxruntime.dylib"]
        : ["libonnxruntime.so.1", "libonnxruntime.so"];

    private static string RuntimeIdentifier
    {
        get
        {
            string system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
            return $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
        }
    }

    private static IEnumerable<(string Origin, string Path)> Default(string applicationFolder)
    {
        // A library shipped with the application was chosen when it was built, so it comes before what lies around on the machine.
        foreach (string file in FileNames) yield return ("application", Path.Combine(applicationFolder, "runtimes", RuntimeIdentifier, "native", file));
        foreach (string file in FileNames) yield return ("application", Path.Combine(applicationFolder, file));
        foreach (string folder in UpToRepository(applicationFolder))
        {
            foreach (string file in FileNames) yield return (".native", Path.Combine(folder, ".native", "onnxruntime", file));
        }
        foreach (string file in FileNames) yield return ("system", file);
    }

    private static IEnumerable<(string Origin, string Path)> InFolderOrFile(string origin, string path)
        => Directory.Exists(path) ? FileNames.Select(file => (origin, Path.Combine(path, file))) : [(origin, Path.GetFullPath(path))];

    /// <summary>The application's folder and, where it lies inside a checkout, its parents up to the repository's root. Never beyond: other folders are not ours to load code from.</summary>
    private static List<string> UpToRepository(string applicationFolder)
    {
        List<string> folders = [];
        for (DirectoryInfo? at = new(applicationFolder); at is not null; at = at.Parent)
        {
            folders.Add(at.FullName);
            if (File.Exists(Path.Combine(at.FullName, "SeqStream.sln"))) return folders;
        }
        return [applicationFolder];
    }
}
