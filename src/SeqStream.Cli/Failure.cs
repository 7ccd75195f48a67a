using System.Globalization;
using SeqStream.Audio;
using SeqStream.Contracts;
using SeqStream.Hosting.Catalog;
using SeqStream.Hosting.Configuration;
using SeqStream.Hosting.Supervision;
using SeqStream.Mqtt.Client;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Onnx.Writing;
using SeqStream.Ort;
using SeqStream.Pipeline.Checkpoints;

namespace SeqStream.Cli;

/// <summary>Which exit code an exception stands for.</summary>
internal static class Failure
{
    /// <summary>The exit code; null for a fault of SeqStream itself, whose stack is worth showing.</summary>
    public static int? ExitCodeOf(Exception failure) => failure switch
    {
        UsageException or ArgumentException => ExitCode.Usage,
        OnnxFormatException or ModelNotStreamableException or StepNotWritableException or InvalidDataException => ExitCode.BadData,
        ModelNotFoundException or FileNotFoundException or DirectoryNotFoundException => ExitCode.NoInput,
        OrtLibraryNotFoundException or DeviceUnavailableException or PlatformNotSupportedException => ExitCode.Unavailable,
        CardException or ConfigurationException => ExitCode.Configuration,
        AudioException { Fault: AudioFault.BadData } => ExitCode.BadData,
        AudioException { Fault: AudioFault.Configuration } => ExitCode.Configuration,
        AudioException => ExitCode.Unavailable,
        RouteFailedException => ExitCodeOf(failure.InnerException!) ?? ExitCode.Failed,
        TimeoutException => ExitCode.Failed,
        MqttConnectException => ExitCode.Unavailable,
        CheckpointException or OrtException or IOException or UnauthorizedAccessException => ExitCode.Failed,
        _ => null,
    };

    /// <summary>Says on stderr what failed; answers the exit code.</summary>
    public static int Report(Exception failure)
    {
        int? exitCode = ExitCodeOf(failure);
        Console.Error.WriteLine(exitCode is null ? string.Create(CultureInfo.InvariantCulture, $"seqstream: this is a fault of SeqStream itself, please report it: {failure}") : $"seqstream: {failure.Message}");
        return exitCode ?? ExitCode.Failed;
    }
}
