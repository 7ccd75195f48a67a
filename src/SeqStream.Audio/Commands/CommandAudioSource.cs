using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace SeqStream.Audio.Commands;

/// <summary>
/// What a command writes to its standard output: <c>arecord</c>, <c>ffmpeg</c>, <c>parec</c>, <c>pw-record</c> or any other. No shell runs. Its standard input is empty; what it says
/// on standard error is kept for the message if it fails. It is killed, with its children, when reading is cancelled or the source is disposed.
/// </summary>
public sealed class CommandAudioSource : IAudioSource
{
    private readonly IReadOnlyList<string> _words;
    private readonly Func<Stream, IAudioSource> _decode;
    private readonly LastWords _lastWords = new();
    private Process? _process;
    private IAudioSource? _samples;
    private Task _listening = Task.CompletedTask;
    private int _isDisposed;

    /// <summary>Creates the source; the command starts when it is opened.</summary>
    /// <param name="command">Program and arguments, quoted as for a shell.</param>
    /// <param name="decode">Makes samples of the command's output: a <see cref="Pcm.RawPcmSource"/> or a <see cref="Wav.WavSource"/>.</param>
    /// <exception cref="AudioException">The command is empty or has an open quote.</exception>
    public CommandAudioSource(string command, Func<Stream, IAudioSource> decode)
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(decode);
        _words = CommandLine.Split(command);
        _decode = decode;
        Name = $"exec:{command}";
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public long LostFrames => _samples?.LostFrames ?? 0;

    /// <summary>The command's process id while it runs, otherwise null.</summary>
    public int? ProcessId => _isDisposed == 0 && _process is { HasExited: false } process ? process.Id : null;

    /// <inheritdoc/>
    public async ValueTask<AudioFormat> OpenAsync(CancellationToken cancellation)
    {
        Start();
        _samples = _decode(_process!.StandardOutput.BaseStream);
        using CancellationTokenRegistration stop = KillOn(cancellation);
        try
        {
            return await _samples.OpenAsync(cancellation).ConfigureAwait(false);
        }
        catch (AudioException)
        {
            await CheckExitAsync(cancellation).ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<AudioRead> ReadAsync(Memory<float> samples, CancellationToken cancellation)
    {
        IAudioSource source = _samples ?? throw new InvalidOperationException($"{Name} was read before it was opened.");
        using CancellationTokenRegistration stop = KillOn(cancellation);
        try
        {
            AudioRead read = await source.ReadAsync(samples, cancellation).ConfigureAwait(false);
            if (!read.IsEnd) return read;
        }
        catch (AudioException)
        {
            await CheckExitAsync(cancellation).ConfigureAwait(false);
            throw;
        }
        await CheckExitAsync(cancellation).ConfigureAwait(false);
        return default;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is not { } process || Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        Kill();
        await _listening.ConfigureAwait(false);
        if (_samples is not null) await _samples.DisposeAsync().ConfigureAwait(false);
        process.Dispose();
    }

    private void Start()
    {
        ProcessStartInfo start = new(_words[0], _words.Skip(1)) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            _process = Process.Start(start)!;
        }
        catch (Win32Exception problem)
        {
            throw AudioThrow.CommandAbsent(_words[0], problem);
        }
        _process.StandardInput.Close();
        _listening = _lastWords.ListenAsync(_process.StandardError);
    }

    /// <summary>The output has ended or makes no sense: a command that failed is the reason, whatever else is wrong.</summary>
    private async ValueTask CheckExitAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (!_process!.HasExited)
        {
            // A command that goes on after closing its output has nothing more to give.
            using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            patience.CancelAfter(TimeSpan.FromSeconds(2));
            await _process.WaitForExitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellation.ThrowIfCancellationRequested();
            if (!_process.HasExited) return;
        }
        int exitCode = _process.ExitCode;
        if (exitCode == 0) return;
        await _listening.ConfigureAwait(false);
        throw AudioThrow.CommandFailed(_words[0], exitCode, _lastWords.ToString());
    }

    private CancellationTokenRegistration KillOn(CancellationToken cancellation)
        => cancellation.UnsafeRegister(static self => ((CommandAudioSource)self!).Kill(), this);

    private void Kill()
    {
        try
        {
            _process?.Kill(entireProcessTree: true);
        }
        catch (Exception problem) when (problem is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has ended by itself.
        }
    }
}
