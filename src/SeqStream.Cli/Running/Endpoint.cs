using SeqStream.Cli.Output;
using SeqStream.Feeds.Reading;

namespace SeqStream.Cli.Running;

/// <summary>Opens what <c>--feed</c> and <c>--sink</c> name.</summary>
internal static class Endpoint
{
    public const string StandardInput = "stdin";
    public const string StandardOutput = "stdout";
    private const string FileScheme = "file://";

    /// <summary>Bytes to read; a waiting read can be cancelled.</summary>
    public static Stream OpenInput(string uri)
        => new BlockingSourceStream(uri is StandardInput or "-" ? Console.OpenStandardInput() : File.OpenRead(PathOf(uri, "--feed", "stdin")));

    /// <summary>Bytes to write.</summary>
    public static Stream OpenOutput(string uri)
        => uri is StandardOutput or "-" ? Output.StandardOutput.Open() : new FileStream(PathOf(uri, "--sink", "stdout"), FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);

    private static string PathOf(string uri, string option, string standard)
    {
        if (uri.StartsWith(FileScheme, StringComparison.Ordinal)) return uri[FileScheme.Length..];
        int scheme = uri.IndexOf("://", StringComparison.Ordinal);
        return scheme < 0 ? uri : throw new UsageException($"{option} begins with '{uri[..scheme]}://': this version knows {standard}, files, and brokers (mqtt, mqtts, ws, wss).");
    }
}
