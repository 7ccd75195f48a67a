using System.Globalization;
using System.Threading.Channels;
using SeqStream.Mqtt.Connection;
using SeqStream.Mqtt.Protocol;
using SeqStream.Mqtt.Session;

namespace SeqStream.Mqtt.Client;

/// <summary>
/// An MQTT client that connects again by itself, keeps its memory bounded, and acknowledges a message only when told to. Any thread may call any member;
/// one reader takes messages.
/// </summary>
public sealed class MqttClient : IAsyncDisposable
{
    private readonly MqttOptions _options;
    private readonly ITransport _transport;
    private readonly TimeProvider _time;
    private readonly IMqttObserver? _observer;
    private readonly PacketDispatch _session;
    private readonly Backoff _backoff;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _goodbye = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task? _running;
    private int _shortLives;
    private bool _isDisposed;

    /// <summary>Creates a client that is not connected.</summary>
    /// <param name="options">How it presents itself and what it accepts.</param>
    /// <param name="transport">How it reaches the broker.</param>
    /// <param name="store">What must outlive the client; null keeps it in memory.</param>
    /// <param name="observer">Told what happens; may be null.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="random">The dice for pauses; null for the shared ones.</param>
    /// <exception cref="ArgumentException">The options contradict themselves; the message names all problems.</exception>
    public MqttClient(MqttOptions options, ITransport transport, ISessionStore? store = null, IMqttObserver? observer = null, TimeProvider? time = null, Random? random = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(transport);
        MqttThrow.IfContradictory(options);
        _options = options;
        _transport = transport;
        _observer = observer;
        _time = time ?? TimeProvider.System;
        _session = new PacketDispatch(options, store ?? new InMemorySessionStore(), observer);
        _backoff = new Backoff(options.Backoff, _time, random ?? Random.Shared);
    }

    /// <summary>Messages in order of arrival; completes when the client is closed, with an error if it had to give up.</summary>
    public ChannelReader<ReceivedMessage> Messages => _session.Inbox.Messages;

    /// <summary>What the client has done so far.</summary>
    public MqttCounters Counters => _session.Outbox.AddTo(_session.Inbox.AddTo(new MqttCounters { Connections = _session.Connections, SessionsLost = _session.SessionsLost }));

    /// <summary>Name of the session; the broker's choice if the options left it open.</summary>
    public string ClientId => _session.ClientId.Length > 0 ? _session.ClientId : _options.ClientId;

    /// <summary>True while a connection is open and accepted.</summary>
    public bool IsConnected => _session.Wire.IsOpen;

    /// <summary>Connects, and keeps the client connected from then on. Call it once.</summary>
    /// <exception cref="MqttConnectException">The first connection failed, and the options do not say to try on.</exception>
    public Task ConnectAsync(CancellationToken cancellation = default)
    {
        if (Interlocked.CompareExchange(ref _running, _connected.Task, null) is not null) throw new InvalidOperationException("This client was connected before. Create another one.");
        Warn();
        _running = RunAsync();
        return _connected.Task.WaitAsync(cancellation);
    }

    /// <summary>Subscribes; without a connection it waits for one. Subscriptions are made again where the broker has forgotten them.</summary>
    /// <returns>The broker's reason for each: the granted quality of service, or an error.</returns>
    public Task<ReasonCode[]> SubscribeAsync(IReadOnlyList<TopicSubscription> subscriptions, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(subscriptions);
        ArgumentOutOfRangeException.ThrowIfZero(subscriptions.Count, nameof(subscriptions));
        foreach (TopicSubscription subscription in subscriptions)
        {
            if (Topics.ProblemOfFilter(subscription.Filter) is { } problem) MqttThrow.BadFilter(problem, nameof(subscriptions));
        }
        return _session.Subscriptions.AskAsync(SubscriptionRequest.ToSubscribe([.. subscriptions])).WaitAsync(cancellation);
    }

    /// <summary>Subscribes to one filter.</summary>
    /// <returns>The granted quality of service, or an error.</returns>
    public async Task<ReasonCode> SubscribeAsync(string filter, QualityOfService quality = QualityOfService.AtLeastOnce, CancellationToken cancellation = default)
        => (await SubscribeAsync([new TopicSubscription(filter, quality)], cancellation).ConfigureAwait(false))[0];

    /// <summary>Ends subscriptions.</summary>
    /// <returns>The broker's reason for each.</returns>
    public Task<ReasonCode[]> UnsubscribeAsync(IReadOnlyList<string> filters, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(filters);
        ArgumentOutOfRangeException.ThrowIfZero(filters.Count, nameof(filters));
        return _session.Subscriptions.AskAsync(SubscriptionRequest.ToUnsubscribe([.. filters])).WaitAsync(cancellation);
    }

    /// <summary>Publishes a message and waits until the broker has it, however often the connection breaks meanwhile.</summary>
    /// <exception cref="ArgumentException">The topic is not valid.</exception>
    public async Task<PublishOutcome> PublishAsync(PublishMessage message, CancellationToken cancellation = default)
    {
        TaskCompletionSource<PublishOutcome> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await _session.Outbox.EnqueueAsync(Outgoing(message, completion), cancellation).ConfigureAwait(false);
        return await completion.Task.WaitAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Leaves a message to be published and waits only for room, as the options' overflow says. <see cref="Counters"/> tell what became of it.</summary>
    /// <exception cref="ArgumentException">The topic is not valid.</exception>
    public ValueTask EnqueueAsync(PublishMessage message, CancellationToken cancellation = default) => _session.Outbox.EnqueueAsync(Outgoing(message, completion: null), cancellation);

    /// <summary>
    /// Calls back once every message handed over so far is settled: with QoS 1 and 2 acknowledged or refused by the broker, with QoS 0 written, or dropped where the options
    /// say so. Those who asked are called in the order in which they did, never if the client is disposed before. The callback runs on any thread and must not block.
    /// </summary>
    /// <param name="done">Called once.</param>
    public void NotifyWhenSettled(Action done) => _session.Outbox.NotifyWhenDone(done);

    /// <summary>Says that a message is applied. The broker is told as soon as all messages that came before it are applied too.</summary>
    /// <returns>False if the broker does not wait for it any more.</returns>
    public bool Acknowledge(MessageHandle handle) => _session.Inbox.Acknowledge(handle);

    /// <summary>Says that messages are applied, in any order. Cheaper than one by one: the acknowledgements leave together.</summary>
    /// <returns>How many of them the broker waits for.</returns>
    public int Acknowledge(ReadOnlySpan<MessageHandle> handles) => _session.Inbox.Acknowledge(handles);

    /// <summary>Says that all messages up to and including one are applied. Cheaper than one by one: the acknowledgements leave together.</summary>
    /// <param name="sequence">The <see cref="MessageHandle.Sequence"/> of the last one.</param>
    /// <returns>How many were acknowledged.</returns>
    public int AcknowledgeThrough(long sequence) => _session.Inbox.AcknowledgeThrough(sequence);

    /// <summary>What a durable store must keep of a message in the transaction that commits what the message did. False if the handle is not valid any more.</summary>
    public bool TryMark(MessageHandle handle, out ReceivedMark mark) => _session.Inbox.TryMark(handle, out mark);

    /// <summary>Says goodbye and closes. Messages on their way out are given <paramref name="patience"/> to be acknowledged first.</summary>
    public async Task DisconnectAsync(TimeSpan patience = default)
    {
        if (_running is null) return;
        await DrainAsync(patience).ConfigureAwait(false);
        _session.Inbox.StopTaking();
        lock (_session.Wire.Gate)
        {
            if (_session.Wire.IsOpen) DisconnectPacket.Encode(_session.Wire.Output, ReasonCode.Success, _options.Version);
        }
        _goodbye.TrySetResult();
        _session.Wire.Wake();
        if (!_session.Wire.IsOpen) await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
    }

    /// <summary>Closes at once and without a word: the broker publishes the will.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        _session.Inbox.StopTaking();
        await _stop.CancelAsync().ConfigureAwait(false);
        if (_running is not null) await _running.ConfigureAwait(false);
        Close(null);
        _session.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        Exception? cause = null;
        while (!_stop.IsCancellationRequested && !_goodbye.Task.IsCompleted)
        {
            _backoff.Attempt();
            ConnectionEnd? end = await ConnectOnceAsync().ConfigureAwait(false);
            if (end is null || _stop.IsCancellationRequested) break;
            bool givesUp = !_connected.Task.IsCompleted && !_options.RetryFirstConnect;
            TimeSpan pause = givesUp ? TimeSpan.Zero : _backoff.Next(end.Retry);
            Observe(end, pause);
            if (givesUp)
            {
                cause = new MqttConnectException(end.Text, end.Cause) { Label = end.Label };
                break;
            }
            await PauseAsync(pause).ConfigureAwait(false);
        }
        cause ??= _connected.Task.IsCompleted ? null : new MqttConnectException($"The client was closed before it could connect to MQTT broker {_transport.Address}.") { Label = "stopped" };
        Close(cause);
    }

    /// <summary>Opens a connection and lives through it. Null if it ended because the client is closed.</summary>
    private async Task<ConnectionEnd?> ConnectOnceAsync()
    {
        ConnectionEnd end;
        long opened = _time.GetTimestamp();
        bool hasBegun = false, wasOpen = false;
        using CancellationTokenSource patience = new(_options.ConnectTimeout, _time);
        using CancellationTokenSource attempt = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        using (CancellationTokenRegistration late = patience.Token.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), attempt))
        {
            try
            {
                Stream stream = await _transport.ConnectAsync(attempt.Token).ConfigureAwait(false);
                _session.Begin();
                hasBegun = true;
                Task living = new Link(stream, _session, _options, _time).RunAsync(_goodbye.Task, KeepAlive, attempt.Token);
                await Task.WhenAny(_session.Accepted, living).ConfigureAwait(false);
                wasOpen = _session.Wire.IsOpen;
                await late.DisposeAsync().ConfigureAwait(false);
                if (wasOpen) Welcome();
                else if (_session.Accepted.IsCompletedSuccessfully) await attempt.CancelAsync().ConfigureAwait(false);
                await living.ConfigureAwait(false);
                end = Ended(wasOpen, _time.GetElapsedTime(opened));
            }
            catch (Exception problem)
            {
                end = hasBegun && !wasOpen && _session.Accepted.IsCompletedSuccessfully ? Ended(wasOpen: false, default) : EndReport.Failed(_transport.Address, problem, wasOpen, _options.ConnectTimeout);
            }
        }
        _session.Wire.Reset();
        if (wasOpen) _backoff.Lived(_time.GetElapsedTime(opened));
        return _goodbye.Task.IsCompleted ? null : end;
    }

    private void Welcome()
    {
        _observer?.Observe(new MqttEvent(MqttEventKind.Connected, "connected", $"Connected to MQTT broker {_transport.Address}."));
        _connected.TrySetResult();
    }

    private ConnectionEnd Ended(bool wasOpen, TimeSpan lifetime)
    {
        if (_session.Accepted is { IsCompletedSuccessfully: true, Result: { } answer } && answer.Reason.IsError()) return EndReport.Refused(_transport.Address, answer);
        if (_session.Goodbye is { } goodbye) return EndReport.Closed(_transport.Address, goodbye);
        _shortLives = wasOpen && lifetime < _options.Backoff.Longest ? _shortLives + 1 : 0;
        return EndReport.Ended(_transport.Address, wasOpen, _shortLives >= 3);
    }

    private TimeSpan KeepAlive()
        => _session.Accepted is { IsCompletedSuccessfully: true, Result.ServerKeepAliveSeconds: { } seconds } ? TimeSpan.FromSeconds(seconds) : _options.KeepAlive;

    private void Observe(ConnectionEnd end, TimeSpan pause)
    {
        MqttEventKind kind = end.Retry == Retry.AfterTakeover ? MqttEventKind.SessionTakenOver : end.WasOpen ? MqttEventKind.Disconnected : MqttEventKind.ConnectFailed;
        _observer?.Observe(new MqttEvent(kind, end.Label, end.Text, pause));
    }

    private async Task PauseAsync(TimeSpan pause)
    {
        using CancellationTokenSource goodbye = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        Task waiting = Task.Delay(pause, _time, goodbye.Token);
        await Task.WhenAny(waiting, _goodbye.Task).ConfigureAwait(false);
        await goodbye.CancelAsync().ConfigureAwait(false);
    }

    private async Task DrainAsync(TimeSpan patience)
    {
        long began = _time.GetTimestamp();
        while (_time.GetElapsedTime(began) < patience && !_stop.IsCancellationRequested)
        {
            lock (_session.Wire.Gate)
            {
                if (_session.Outbox.IsEmpty) return;
            }
            await Task.Delay(TimeSpan.FromMilliseconds(5), _time, _stop.Token).ConfigureAwait(false);
        }
    }

    private void Close(Exception? cause)
    {
        _session.Inbox.Close(cause);
        _session.Outbox.Close();
        _session.Subscriptions.Close();
        if (cause is null) _connected.TrySetCanceled();
        else _connected.TrySetException(cause);
    }

    private OutgoingPublish Outgoing(PublishMessage message, TaskCompletionSource<PublishOutcome>? completion)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (Topics.ProblemOfName(message.Topic) is { } problem) MqttThrow.BadTopic(problem, nameof(message));
        return OutgoingPublish.Of(message, _options.Version, completion);
    }

    /// <summary>What a careful reader of the options would want to know.</summary>
    private void Warn()
    {
        if (_options.Version != MqttVersion.V311) return;
        _observer?.Observe(new MqttEvent(MqttEventKind.Notice, "no-receive-maximum", string.Create(CultureInfo.InvariantCulture,
            $"MQTT 3.1.1 cannot tell broker {_transport.Address} how many messages may be unacknowledged. Mosquitto's default is 20, so that a commit every second allows at most 20 messages in a second. Use MQTT 5, or raise the broker's max_inflight_messages.")));
    }
}
