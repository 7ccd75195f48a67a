using Microsoft.Data.Sqlite;
using SeqStream.State;

namespace SeqStream.Pipeline.Checkpoints;

/// <summary>
/// The embedded store: one SQLite file in a state directory, written ahead (WAL) and synchronised at every commit, so that what was committed survives a crash of the
/// process and of the machine.
/// </summary>
public sealed class SqliteCheckpointStore : ICheckpointStore
{
    /// <summary>Version of the tables; a file of a newer version is refused.</summary>
    public const int FormatVersion = 1;

    /// <summary>The file in a state directory.</summary>
    public const string FileName = "streams.sqlite";

    private readonly Lock _gate = new();
    private readonly StateDirectoryLock _lock;
    private readonly SqliteConnection _connection;
    private readonly string _path;
    private readonly SqliteCommand _store;
    private readonly SqliteCommand _remove;
    private readonly SqliteCommand _read;

    static SqliteCheckpointStore() => SQLitePCL.Batteries_V2.Init();

    /// <summary>Opens the store, making the directory and the file where absent.</summary>
    /// <param name="directory">The state directory.</param>
    /// <exception cref="CheckpointException">Another process uses it, it cannot be written, or its file is damaged or newer than this build.</exception>
    public SqliteCheckpointStore(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        _path = Path.Combine(directory, FileName);
        try
        {
            Directory.CreateDirectory(directory);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"State directory '{directory}' cannot be made: {cause.Message} Name a directory that this user may write.", cause);
        }
        _lock = new StateDirectoryLock(directory);
        try
        {
            _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = _path, Pooling = false }.ToString());
            _connection.Open();
            Execute("PRAGMA journal_mode = WAL");
            Execute("PRAGMA synchronous = FULL");
            Prepare();
            _store = Command("INSERT INTO stream(route, name, busy, record) VALUES($route, $name, $busy, $record) ON CONFLICT(route, name) DO UPDATE SET busy = excluded.busy, record = excluded.record", "$route", "$name", "$record", "$busy");
            _remove = Command("DELETE FROM stream WHERE route = $route AND name = $name", "$route", "$name");
            _read = Command("SELECT record FROM stream WHERE route = $route AND name = $name", "$route", "$name");
        }
        catch (SqliteException cause)
        {
            _connection?.Dispose();
            _lock.Dispose();
            throw Fault("opened", cause);
        }
        catch (CheckpointException)
        {
            _connection?.Dispose();
            _lock.Dispose();
            throw;
        }
    }

    /// <summary>True if a directory holds a store.</summary>
    public static bool Exists(string directory) => File.Exists(Path.Combine(directory, FileName));

    /// <inheritdoc/>
    public void Commit(IReadOnlyList<Checkpoint> checkpoints, IReadOnlyList<SourceItem> items)
    {
        ArgumentNullException.ThrowIfNull(checkpoints);
        ArgumentNullException.ThrowIfNull(items);
        lock (_gate)
        {
            try
            {
                Execute("BEGIN IMMEDIATE");
                foreach (Checkpoint checkpoint in checkpoints) Write(checkpoint);
                foreach (SourceItem item in items) Write(item);
                Execute("COMMIT");
            }
            catch (SqliteException cause)
            {
                RollBack();
                throw Fault("written", cause);
            }
        }
    }

    /// <inheritdoc/>
    public bool TryRead(string route, ReadOnlySpan<byte> name, StateWriter record)
    {
        ArgumentNullException.ThrowIfNull(record);
        lock (_gate)
        {
            try
            {
                _read.Parameters[0].Value = route;
                _read.Parameters[1].Value = name.ToArray();
                if (_read.ExecuteScalar() is not byte[] bytes) return false;
                record.Clear();
                record.Append(bytes);
                return true;
            }
            catch (SqliteException cause)
            {
                throw Fault("read", cause);
            }
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<byte[]> Streams(string route) => List("SELECT name FROM stream WHERE route = $route ORDER BY name", route, static row => row.GetFieldValue<byte[]>(0));

    /// <inheritdoc/>
    public IReadOnlyList<byte[]> BusyStreams(string route) => List("SELECT name FROM stream WHERE route = $route AND busy", route, static row => row.GetFieldValue<byte[]>(0));

    /// <inheritdoc/>
    public IReadOnlyList<SourceItem> Items(string route)
        => List("SELECT key, value FROM item WHERE route = $route ORDER BY key", route, row => new SourceItem(route, row.GetString(0), row.GetFieldValue<byte[]>(1)));

    /// <inheritdoc/>
    public IReadOnlyList<string> Routes() => List("SELECT route FROM stream UNION SELECT route FROM item ORDER BY route", "", static row => row.GetString(0));

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _store.Dispose();
            _remove.Dispose();
            _read.Dispose();
            _connection.Dispose();
            _lock.Dispose();
        }
    }

    private void Prepare()
    {
        long version = Scalar("PRAGMA user_version");
        if (version > FormatVersion) throw new CheckpointException($"'{_path}' has format version {version}; this build knows {FormatVersion}. Use the SeqStream version that wrote it, or name another state directory.");
        if (version == FormatVersion) return;
        Execute($"""
            BEGIN;
            CREATE TABLE stream(route TEXT NOT NULL, name BLOB NOT NULL, busy INTEGER NOT NULL, record BLOB NOT NULL, PRIMARY KEY(route, name)) WITHOUT ROWID;
            CREATE INDEX busy ON stream(route) WHERE busy;
            CREATE TABLE item(route TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY(route, key)) WITHOUT ROWID;
            PRAGMA user_version = {FormatVersion};
            COMMIT;
            """);
    }

    /// <summary>A full disk may have ended the transaction already.</summary>
    private void RollBack()
    {
        try
        {
            Execute("ROLLBACK");
        }
        catch (SqliteException)
        {
            // There was none any more.
        }
    }

    private void Write(Checkpoint checkpoint)
    {
        for (int index = 0; index < checkpoint.Count; index++)
        {
            ReadOnlySpan<byte> record = checkpoint.Record(index);
            SqliteCommand command = record.IsEmpty ? _remove : _store;
            command.Parameters[0].Value = checkpoint.Route;
            command.Parameters[1].Value = checkpoint.Name(index).ToArray();
            if (!record.IsEmpty) (command.Parameters[2].Value, command.Parameters[3].Value) = (record.ToArray(), checkpoint.IsBusy(index) ? 1 : 0);
            command.ExecuteNonQuery();
        }
    }

    private void Write(SourceItem item)
    {
        using SqliteCommand command = _connection.CreateCommand();
        command.CommandText = item.Value is null
            ? "DELETE FROM item WHERE route = $route AND key = $key"
            : "INSERT INTO item(route, key, value) VALUES($route, $key, $value) ON CONFLICT(route, key) DO UPDATE SET value = excluded.value";
        command.Parameters.AddWithValue("$route", item.Route);
        command.Parameters.AddWithValue("$key", item.Key);
        if (item.Value is not null) command.Parameters.AddWithValue("$value", item.Value);
        command.ExecuteNonQuery();
    }

    private List<T> List<T>(string sql, string route, Func<SqliteDataReader, T> read)
    {
        lock (_gate)
        {
            try
            {
                using SqliteCommand command = _connection.CreateCommand();
                command.CommandText = sql;
                command.Parameters.AddWithValue("$route", route);
                using SqliteDataReader rows = command.ExecuteReader();
                List<T> found = [];
                while (rows.Read()) found.Add(read(rows));
                return found;
            }
            catch (SqliteException cause)
            {
                throw Fault("read", cause);
            }
        }
    }

    private SqliteCommand Command(string sql, params ReadOnlySpan<string> parameters)
    {
        SqliteCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (string name in parameters) command.Parameters.Add(new SqliteParameter { ParameterName = name });
        return command;
    }

    private void Execute(string sql)
    {
        using SqliteCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private long Scalar(string sql)
    {
        using SqliteCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }

    private CheckpointException Fault(string what, SqliteException cause)
        => new($"'{_path}' cannot be {what}: {cause.Message.TrimEnd('.')} (SQLite {cause.SqliteErrorCode}). Make sure the disk has room and the file is intact; a copy of the state directory can take its place.", cause);
}
