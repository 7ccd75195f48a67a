using System.Globalization;

namespace SeqStream.Pipeline.Checkpoints;

/// <summary>Holds a state directory for this process. The operating system lets it go when the process ends, however it ends.</summary>
internal sealed class StateDirectoryLock : IDisposable
{
    private readonly FileStream _file;

    /// <summary>Takes the directory.</summary>
    /// <exception cref="CheckpointException">Another process holds it, or the lock file cannot be written.</exception>
    public StateDirectoryLock(string directory)
    {
        string path = Path.Combine(directory, "lock");
        try
        {
            _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException cause)
        {
            throw new CheckpointException($"State directory '{directory}': its file 'lock' cannot be written. Give this user the right to write there, or name another directory.", cause);
        }
        catch (IOException cause)
        {
            throw new CheckpointException($"State directory '{directory}' is in use by another process{HolderOf(directory)}. Stop that one, or name another directory.", cause);
        }
        WriteHolder(directory);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    // The number stands in a file of its own, because the locked one cannot be read by others on every system.
    private static void WriteHolder(string directory) => File.WriteAllText(HolderPath(directory), Environment.ProcessId.ToString(CultureInfo.InvariantCulture));

    private static string HolderOf(string directory)
    {
        try
        {
            return $" (process {File.ReadAllText(HolderPath(directory)).Trim()})";
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static string HolderPath(string directory) => Path.Combine(directory, "lock.pid");
}
