using System.Text;
using SeqStream.State;

namespace SeqStream.Pipeline.Checkpoints;

public sealed class SqliteCheckpointStoreTests : IDisposable
{
    private readonly StateDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Committed_records_and_items_are_there_after_reopening()
    {
        using (SqliteCheckpointStore store = new(_directory.Path))
        {
            store.Commit([Of("r", ("a", "one"), ("b", "two")), Of("s", ("a", "three"))], [new SourceItem("r", "packet:7", [1, 2])]);
            store.Commit([Of("r", ("a", "four"), ("b", ""))], []);
        }
        using SqliteCheckpointStore again = new(_directory.Path);
        Assert.Equal("four", Read(again, "r", "a"));
        Assert.Null(Read(again, "r", "b"));
        Assert.Equal("three", Read(again, "s", "a"));
        Assert.Equal(["a"], again.Streams("r").Select(Encoding.UTF8.GetString));
        Assert.Equal([1, 2], Assert.Single(again.Items("r")).Value!);
        Assert.Equal(["r", "s"], again.Routes());
    }

    [Fact]
    public void Item_without_value_is_removed()
    {
        using SqliteCheckpointStore store = new(_directory.Path);
        store.Commit([], [new SourceItem("r", "x", [1]), new SourceItem("r", "y", [2])]);
        store.Commit([], [new SourceItem("r", "x", null)]);
        Assert.Equal("y", Assert.Single(store.Items("r")).Key);
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("'; DROP TABLE stream; --")]
    [InlineData("nul\0newline\n\u202eright-to-left \U0001f600")]
    [InlineData("")]
    public void Any_stream_name_is_a_name_and_nothing_else(string name)
    {
        using (SqliteCheckpointStore store = new(_directory.Path)) store.Commit([Of("r", (name, "kept"), ("other", "kept too"))], []);
        using SqliteCheckpointStore again = new(_directory.Path);
        Assert.Equal("kept", Read(again, "r", name));
        Assert.Equal("kept too", Read(again, "r", "other"));
        Assert.All(Directory.GetFileSystemEntries(_directory.Path), path => Assert.StartsWith(_directory.Path, Path.GetFullPath(path), StringComparison.Ordinal));
    }

    [Fact]
    public void Second_opening_is_refused_and_names_the_holder()
    {
        using SqliteCheckpointStore store = new(_directory.Path);
        CheckpointException refused = Assert.Throws<CheckpointException>(() => new SqliteCheckpointStore(_directory.Path));
        Assert.Contains($"process {Environment.ProcessId}", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void File_of_a_newer_format_is_refused_with_both_versions()
    {
        new SqliteCheckpointStore(_directory.Path).Dispose();
        byte[] file = File.ReadAllBytes(_directory.File);
        file[63] = 99; // user_version of the SQLite header, big-endian at 60
        File.WriteAllBytes(_directory.File, file);
        CheckpointException refused = Assert.Throws<CheckpointException>(() => new SqliteCheckpointStore(_directory.Path));
        Assert.Contains("format version 99; this build knows 1", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void File_that_is_no_store_is_refused_and_the_directory_is_let_go()
    {
        File.WriteAllText(_directory.File, new string('x', 5000));
        Assert.Contains("cannot be opened", Assert.Throws<CheckpointException>(() => new SqliteCheckpointStore(_directory.Path)).Message, StringComparison.Ordinal);
        File.Delete(_directory.File);
        new SqliteCheckpointStore(_directory.Path).Dispose();
    }

    /// <summary>Bits flipped anywhere in the file: a record is found as it was written, or not at all, or refused; never another one.</summary>
    [Fact]
    public void Damaged_file_never_gives_a_wrong_record()
    {
        (string Name, byte[] Record)[] records = [.. Enumerable.Range(0, 60).Select(i => ($"stream-{i}", Sealed($"stream-{i}", i)))];
        using (SqliteCheckpointStore store = new(_directory.Path))
        {
            Checkpoint checkpoint = new() { Route = "r" };
            foreach ((string name, byte[] record) in records) checkpoint.Store(Encoding.UTF8.GetBytes(name), Writer(record));
            store.Commit([checkpoint], []);
        }
        byte[] file = File.ReadAllBytes(_directory.File);
        Random random = new(7);
        int refused = 0, kept = 0, lost = 0;
        for (int trial = 0; trial < 150; trial++)
        {
            byte[] damaged = [.. file];
            for (int flips = 0; flips < 20; flips++) damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(_directory.File, damaged);
            foreach (string side in (string[])["-wal", "-shm"]) File.Delete(_directory.File + side);
            try
            {
                using SqliteCheckpointStore store = new(_directory.Path);
                foreach ((string name, byte[] record) in records)
                {
                    StateWriter found = new();
                    if (!store.TryRead("r", Encoding.UTF8.GetBytes(name), found)) lost++;
                    else if (found.Written.SequenceEqual(record)) kept++;
                    else
                    {
                        Assert.Throws<StateSnapshotException>(() => StreamRecord.Open(found.Written, StreamRecordTests.Signature, Encoding.UTF8.GetBytes(name)));
                        refused++;
                    }
                }
            }
            catch (CheckpointException)
            {
            }
        }
        Assert.True(kept > 0 && refused > 0, $"{kept} kept, {refused} refused, {lost} lost: the damage reached no record");
    }

    private static byte[] Sealed(string name, int seed)
    {
        StateWriter writer = new();
        StreamRecordTests.Fill(writer, Encoding.UTF8.GetBytes(name), seed);
        return writer.Written.ToArray();
    }

    private static StateWriter Writer(byte[] bytes)
    {
        StateWriter writer = new();
        writer.Append(bytes);
        return writer;
    }

    private static Checkpoint Of(string route, params (string Name, string Record)[] entries)
    {
        Checkpoint checkpoint = new() { Route = route };
        foreach ((string name, string record) in entries)
        {
            if (record.Length == 0) checkpoint.Remove(Encoding.UTF8.GetBytes(name));
            else checkpoint.Store(Encoding.UTF8.GetBytes(name), Writer(Encoding.UTF8.GetBytes(record)));
        }
        return checkpoint;
    }

    private static string? Read(SqliteCheckpointStore store, string route, string name)
    {
        StateWriter record = new();
        return store.TryRead(route, Encoding.UTF8.GetBytes(name), record) ? Encoding.UTF8.GetString(record.Written) : null;
    }
}
