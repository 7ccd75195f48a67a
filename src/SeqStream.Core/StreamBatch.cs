using System.Runtime.CompilerServices;
using SeqStream.Contracts;
using SeqStream.Execution;

namespace SeqStream;

/// <summary>
/// Steps many sessions of one model together, where their memory lies. Each session's numbers are those of stepping it alone, bit for bit. Allocates nothing per step.
/// While it steps, it and the sessions are in the hands of one thread.
/// </summary>
public sealed class StreamBatch : IDisposable
{
    private readonly NativeExecutor _executor;
    private readonly nint[] _rows; // [lane]
    private readonly int _inputBytes;
    private readonly int _outputBytes;

    internal StreamBatch(IExecutorFactory executors, int maxSessions)
    {
        _executor = executors is NativeProgram program
            ? new NativeExecutor(program, maxSessions)
            : throw new NotSupportedException($"Model '{executors.Signature.ModelName}' is executed by '{executors.Description}'; batches of sessions need the native executor.");
        _rows = new nint[maxSessions];
        HasPlainPorts = Signature.HasPlainPorts;
        _inputBytes = HasPlainPorts ? Signature.Inputs[0].ByteCount : 0;
        _outputBytes = HasPlainPorts ? Signature.Outputs[0].ByteCount : 0;
    }

    /// <summary>What a step takes, answers and remembers.</summary>
    public StepSignature Signature => _executor.Signature;

    /// <summary>Most sessions of one step.</summary>
    public int MaxSessions => _rows.Length;

    /// <summary>True if the model has one float32 input and one float32 output.</summary>
    public bool HasPlainPorts { get; }

    /// <summary>Where to write an input of a session, by its place among those to be stepped.</summary>
    [HotPath]
    public Span<byte> Input(int port, int place) => _executor.Input(port, place);

    /// <summary>An output of the last step, by the session's place.</summary>
    [HotPath]
    public ReadOnlySpan<byte> Output(int port, int place) => _executor.Output(port, place);

    /// <summary>Advances the sessions, all different and of this batch's model, by one step on what was written to <see cref="Input"/>.</summary>
    /// <exception cref="ArgumentException">There are too many, one is there twice, or one is of another model; none has moved.</exception>
    [HotPath]
    public void Step(ReadOnlySpan<StreamSession> sessions)
    {
        if (sessions.Length > _rows.Length) ThrowMany(sessions.Length);
        _executor.ThrowIfDisposed();
        for (int place = 0; place < sessions.Length; place++) _rows[place] = sessions[place].RowFor(_executor.Program);
        for (int place = 0; place < sessions.Length; place++)
        {
            if (!sessions[place].TryMark()) ThrowTwice(sessions, place);
        }
        _executor.StepRows(_rows.AsSpan(0, sessions.Length));
        foreach (StreamSession session in sessions) session.Stepped();
    }

    /// <summary>The same for models with one float32 input and one float32 output.</summary>
    /// <param name="sessions">Which sessions.</param>
    /// <param name="features">[sessions, input elements]</param>
    /// <param name="outputs">[sessions, output elements], written</param>
    /// <exception cref="ArgumentException">A length is wrong, or the sessions are; none has moved.</exception>
    /// <exception cref="InvalidOperationException">The model has other ports: use <see cref="Input"/> and <see cref="Output"/>.</exception>
    [HotPath]
    public void Step(ReadOnlySpan<StreamSession> sessions, ReadOnlySpan<float> features, Span<float> outputs)
    {
        if (!HasPlainPorts) ThrowPorts();
        if (sessions.Length > _rows.Length) ThrowMany(sessions.Length);
        int inputs = _inputBytes / sizeof(float), answers = _outputBytes / sizeof(float);
        if (features.Length != (long)sessions.Length * inputs) ThrowLength(nameof(features), features.Length, sessions.Length, inputs);
        if (outputs.Length != (long)sessions.Length * answers) ThrowLength(nameof(outputs), outputs.Length, sessions.Length, answers);
        for (int place = 0; place < sessions.Length; place++)
            System.Runtime.InteropServices.MemoryMarshal.AsBytes(features.Slice(place * inputs, inputs)).CopyTo(_executor.Input(0, place));
        Step(sessions);
        for (int place = 0; place < sessions.Length; place++)
            _executor.Output(0, place).CopyTo(System.Runtime.InteropServices.MemoryMarshal.AsBytes(outputs.Slice(place * answers, answers)));
    }

    /// <inheritdoc/>
    public void Dispose() => _executor.Dispose();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ThrowTwice(ReadOnlySpan<StreamSession> sessions, int place)
    {
        for (int at = 0; at < place; at++) sessions[at].Unmark();
        throw new ArgumentException($"The session at place {place} is among the sessions twice; a stream makes one step at a time. Leave one of them out.", nameof(sessions));
    }

    private void ThrowMany(int found) => throw new ArgumentException($"Found {found} sessions; this batch of model '{Signature.ModelName}' takes at most {MaxSessions}. Create it for more.");

    private void ThrowPorts() => throw new InvalidOperationException(
        $"Model '{Signature.ModelName}' has inputs ({string.Join(", ", Signature.Inputs)}) and outputs ({string.Join(", ", Signature.Outputs)}); "
        + "Step(sessions, features, outputs) needs one float32 input and one float32 output. Use Input, Step(sessions) and Output.");

    private void ThrowLength(string what, int found, int sessions, int each) => throw new ArgumentException(
        $"'{what}' has {found} numbers; {sessions} sessions of model '{Signature.ModelName}' need {each} each, {(long)sessions * each} in all.", what);
}
