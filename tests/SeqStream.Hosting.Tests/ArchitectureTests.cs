using System.Reflection;
using System.Xml.Linq;
using SeqStream.TestSupport;

namespace SeqStream.Hosting.Tests;

/// <summary>The rules of the layout: who may use whom, one public type per file, hot code that says so.</summary>
public sealed class ArchitectureTests
{
    private static readonly string s_source = Path.Combine(SharedFolder.Repository, "src");

    /// <summary>DESIGN section 2: each room and the rooms that it may use. Hosting may use all rooms above it.</summary>
    private static readonly Dictionary<string, string[]> s_rooms = new()
    {
        ["SeqStream.Core"] = [],
        ["SeqStream.Onnx"] = ["SeqStream.Core"],
        ["SeqStream.Ort"] = ["SeqStream.Core"],
        ["SeqStream.FrontEnds"] = ["SeqStream.Core"],
        ["SeqStream.Decoding"] = ["SeqStream.Core"],
        ["SeqStream.Models"] = ["SeqStream.Core", "SeqStream.Onnx", "SeqStream.FrontEnds", "SeqStream.Decoding"],
        ["SeqStream.Native"] = ["SeqStream.Core", "SeqStream.Onnx", "SeqStream.FrontEnds", "SeqStream.Feeds", "SeqStream.Models"],
        ["SeqStream.Pipeline"] = ["SeqStream.Core"],
        ["SeqStream.Feeds"] = ["SeqStream.Core"],
        ["SeqStream.Mqtt"] = ["SeqStream.Core"],
        ["SeqStream.Mqtt.MqttNet"] = ["SeqStream.Mqtt"],
        ["SeqStream.Audio"] = ["SeqStream.Core"],
        ["SeqStream.Audio.NAudio"] = ["SeqStream.Core", "SeqStream.Audio"],
        ["SeqStream.Hosting"] = ["SeqStream.Core", "SeqStream.Onnx", "SeqStream.Ort", "SeqStream.FrontEnds", "SeqStream.Decoding", "SeqStream.Models", "SeqStream.Pipeline", "SeqStream.Feeds", "SeqStream.Mqtt", "SeqStream.Audio"],
        ["SeqStream.Cli"] = ["SeqStream.Hosting"],
    };

    /// <summary>Packages that a room may bring in; analyzers and what only a property brings in do not count. Every other room lives on the runtime alone.</summary>
    private static readonly Dictionary<string, string[]> s_packages = new()
    {
        ["SeqStream.Hosting"] = ["Microsoft.Extensions.DependencyInjection.Abstractions", "Microsoft.Extensions.Hosting", "Microsoft.Extensions.Logging.Abstractions", "YamlDotNet"],
        ["SeqStream.Pipeline"] = ["Microsoft.Data.Sqlite.Core", "SQLitePCLRaw.bundle_e_sqlite3"],
        ["SeqStream.Cli"] = ["Spectre.Console", "System.CommandLine"],
    };

    /// <summary>Extensions of a Core type that its users find beside it, without another namespace to import; and what stands in front of a type of the framework on the native leg.</summary>
    private static readonly string[] s_elsewhere = ["StreamingModelLoading", "PlainEnumerable"];

    public static TheoryData<string> Projects() => [.. Directory.EnumerateFiles(s_source, "*.csproj", SearchOption.AllDirectories).Select(static path => Path.GetFileNameWithoutExtension(path))];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Room_uses_only_the_rooms_it_may(string project)
    {
        Assert.True(s_rooms.TryGetValue(project, out string[]? allowed), $"'{project}' is no room of the layout.");
        IEnumerable<string> used = Items(project, "ProjectReference").Select(static path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/')));

        Assert.Empty(used.Except(allowed));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Room_brings_in_only_its_own_packages(string project)
        => Assert.Empty(Items(project, "PackageReference").Except(s_packages.GetValueOrDefault(project, [])));

    [Fact]
    public void File_declares_one_public_type_of_its_name()
    {
        List<string> wrong = [];
        foreach (string path in SourceFiles().Where(static path => !IsPart(path)))
        {
            string name = Path.GetFileNameWithoutExtension(path).Split('.')[0];
            List<string> types = [.. File.ReadLines(path).Where(static line => line.StartsWith("public ", StringComparison.Ordinal)).Select(TypeNameOf).OfType<string>()];
            if (types.Count > 1 || (types.Count == 1 && types[0] != name)) wrong.Add($"{Path.GetRelativePath(s_source, path)}: {string.Join(", ", types)}");
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void Namespace_is_the_folder()
    {
        List<string> wrong = [];
        foreach (string path in SourceFiles())
        {
            string? declared = File.ReadLines(path).FirstOrDefault(static line => line.StartsWith("namespace ", StringComparison.Ordinal))?[10..].TrimEnd(';');
            string folder = Path.GetDirectoryName(Path.GetRelativePath(s_source, path))!.Replace(Path.DirectorySeparatorChar, '.');
            string expected = folder.StartsWith("SeqStream.Core", StringComparison.Ordinal) ? "SeqStream" + folder["SeqStream.Core".Length..] : folder;
            bool isExempt = s_elsewhere.Contains(Path.GetFileNameWithoutExtension(path)) || IsPart(path);
            if (declared is not null && declared != expected && !isExempt) wrong.Add($"{Path.GetRelativePath(s_source, path)}: {declared}, expected {expected}");
        }

        Assert.Empty(wrong);
    }

    [Theory]
    [InlineData(typeof(StreamSession))]
    [InlineData(typeof(Execution.NativeExecutor))]
    [InlineData(typeof(Pipeline.Shards.Shard))]
    [InlineData(typeof(Feeds.LineFeed))]
    [InlineData(typeof(Feeds.JsonLinesSink))]
    public void Code_of_a_step_says_that_it_is_hot(Type type)
    {
        const BindingFlags All = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

        Assert.Contains(type.GetMethods(All), static method => method.GetCustomAttribute<HotPathAttribute>() is not null);
    }

    [Fact]
    public void Type_names_are_words_of_the_glossary()
    {
        string[] forbidden = ["Manager", "Helper", "Util", "Utils", "Data", "Info"];
        IEnumerable<string> names = SourceFiles().Select(static path => Path.GetFileNameWithoutExtension(path));

        Assert.DoesNotContain(names, name => forbidden.Any(word => name.EndsWith(word, StringComparison.Ordinal)));
    }

    private static IEnumerable<string> SourceFiles() => Directory.EnumerateFiles(s_source, "*.cs", SearchOption.AllDirectories);

    private static IEnumerable<string> Items(string project, string kind)
        => XDocument.Load(Path.Combine(s_source, project, project + ".csproj")).Descendants(kind)
            .Where(static item => item.Attribute("Condition") is null && item.Parent!.Attribute("Condition") is null).Select(static item => (string)item.Attribute("Include")!);

    /// <summary>A part of a type that several folders fill is named by what it adds.</summary>
    private static bool IsPart(string path) => File.ReadLines(path).Any(static line => line.Contains(" partial class ", StringComparison.Ordinal) && !line.StartsWith(' '));

    private static string? TypeNameOf(string line)
    {
        string[] words = line.Split(' ', '(', '<', ':', ';', '{');
        int keyword = Array.FindIndex(words, static word => word is "class" or "struct" or "interface" or "enum" or "record" or "delegate");
        if (keyword < 0) return null;
        if (words[keyword] == "delegate") return words[keyword + 2];
        return words[keyword + 1] is "class" or "struct" ? words[keyword + 2] : words[keyword + 1];
    }
}
