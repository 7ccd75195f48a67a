using System.Buffers;
using SeqStream.Mqtt.Client;
using SeqStream.Mqtt.Protocol;

namespace SeqStream.Mqtt.Connection;

/// <summary>One connection: reads packets, sends what is on its way out, and notices when the other side is gone.</summary>
internal sealed class Link(Stream stream, PacketDispatch session, MqttOptions options, TimeProvider time)
{
    private const int ReadBytes = 1 << 16;
    private const int KeptOutputBytes = 1 << 19;
    private long _lastSent = time.GetTimestamp();
    private long _lastReceived = time.GetTimestamp();

    /// <summary>Runs until the connection ends; the exception says why. A normal return means that the broker closed it, or that <paramref name="goodbye"/> was sent.</summary>
    /// <param name="goodbye">Completes when DISCONNECT is among the bytes to send.</param>
    /// <param name="keepAlive">The keep-alive interval; zero for none.</param>
    /// <param name="cancellation">Ends the connection at once.</param>
    public async Task RunAsync(Task goodbye, Func<TimeSpan> keepAlive, CancellationToken cancellation)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task reading = ReadAsync(stop.Token);
        Task sending = SendAsync(goodbye, stop.Token);
        Task watching = WatchAsync(keepAlive, stop.Token);
        Task first = await Task.WhenAny(reading, sending, watching).ConfigureAwait(false);
        if (first == sending) await Task.WhenAny(reading, Task.Delay(TimeSpan.FromSeconds(1), time, cancellation)).ConfigureAwait(false);
        await stop.CancelAsync().ConfigureAwait(false);
        await stream.DisposeAsync().ConfigureAwait(false);
        await Task.WhenAll(Settle(reading), Settle(sending), Settle(watching)).ConfigureAwait(false);
        if (reading.Exception?.InnerException is ProtocolFaultException fault) throw fault;
        await first.ConfigureAwait(false);
    }

    private static async Task Settle(Task task)
    {
        try
        {
            await task.ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The end that came first tells why; the others only follow it.
        }
    }

    private async Task ReadAsync(CancellationToken cancellation)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ReadBytes);
        int start = 0, end = 0;
        try
        {
            while (true)
            {
                int count = await stream.ReadAsync(buffer.AsMemory(end), cancellation).ConfigureAwait(false);
                if (count == 0) return;
                Volatile.Write(ref _lastReceived, time.GetTimestamp());
                end += count;
                while (TryTakePacket(buffer.AsSpan(start, end - start), out int taken, out ValueTask delivery))
                {
                    start += taken;
                    if (delivery.IsCompletedSuccessfully) continue;
                    await delivery.ConfigureAwait(false);
                    Volatile.Write(ref _lastReceived, time.GetTimestamp());
                }
                if (session.Goodbye is not null) return;
                buffer = MakeRoom(buffer, ref start, ref end);
            }
        }
        catch (ProtocolFaultException fault)
        {
            await TellAsync(fault).ConfigureAwait(false);
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    [HotPath]
    private bool TryTakePacket(ReadOnlySpan<byte> bytes, out int taken, out ValueTask delivery)
    {
        delivery = default;
        taken = 0;
        if (!FrameHeader.TryRead(bytes, options.Limits.MaxPacketBytes, out FrameHeader header, out PacketFault fault))
        {
            if (fault != PacketFault.None) throw new ProtocolFaultException(fault, (PacketType)(bytes[0] >> 4));
            return false;
        }
        if (bytes.Length < header.PacketLength) return false;
        taken = header.PacketLength;
        delivery = session.TakeAsync(header, bytes.Slice(header.HeaderLength, header.BodyLength));
        return true;
    }

    /// <summary>Moves what is left to the front. The buffer grows only as bytes of a large packet really arrive, and shrinks after it.</summary>
    private static byte[] MakeRoom(byte[] buffer, ref int start, ref int end)
    {
        int left = end - start;
        byte[] target = buffer;
        if (left == buffer.Length) target = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        else if (left < ReadBytes / 2 && buffer.Length > ReadBytes) target = ArrayPool<byte>.Shared.Rent(ReadBytes);
        buffer.AsSpan(start, left).CopyTo(target);
        if (target != buffer) ArrayPool<byte>.Shared.Return(buffer);
        start = 0;
        end = left;
        return target;
    }

    private async Task SendAsync(Task goodbye, CancellationToken cancellation)
    {
        PacketBuffer sending = new();
        while (true)
        {
            bool isLast = goodbye.IsCompleted;
            sending = session.Wire.Swap(sending);
            if (sending.Length > 0)
            {
                await stream.WriteAsync(sending.WrittenMemory, cancellation).ConfigureAwait(false);
                await stream.FlushAsync(cancellation).ConfigureAwait(false);
                Volatile.Write(ref _lastSent, time.GetTimestamp());
                sending.Clear();
                sending.Trim(KeptOutputBytes);
                Pump();
                continue;
            }
            if (isLast) return;
            await session.Wire.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    private void Pump()
    {
        lock (session.Wire.Gate) session.Outbox.Pump();
    }

    /// <summary>A ping after three quarters of the interval in silence; the end if half an interval later nothing has come.</summary>
    private async Task WatchAsync(Func<TimeSpan> keepAlive, CancellationToken cancellation)
    {
        await session.Accepted.WaitAsync(cancellation).ConfigureAwait(false);
        TimeSpan interval = keepAlive();
        if (interval == TimeSpan.Zero) await Task.Delay(Timeout.InfiniteTimeSpan, cancellation).ConfigureAwait(false);
        while (true)
        {
            TimeSpan silence = Max(time.GetElapsedTime(Volatile.Read(ref _lastSent)), time.GetElapsedTime(Volatile.Read(ref _lastReceived)));
            TimeSpan untilPing = interval * 0.75 - silence;
            if (untilPing > TimeSpan.Zero)
            {
                await Task.Delay(untilPing, time, cancellation).ConfigureAwait(false);
                continue;
            }
            long pinged = time.GetTimestamp();
            Ping();
            await Task.Delay(interval * 0.5, time, cancellation).ConfigureAwait(false);
            if (Volatile.Read(ref _lastReceived) < pinged && !session.Inbox.IsWaiting) throw new HalfOpenException(interval);
        }
    }

    private void Ping()
    {
        lock (session.Wire.Gate)
        {
            session.Wire.Output.Byte((int)PacketType.PingReq << 4);
            session.Wire.Output.Byte(0);
        }
        session.Wire.Wake();
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    /// <summary>Tells the broker what was wrong, as far as it still listens.</summary>
    private async Task TellAsync(ProtocolFaultException fault)
    {
        if (options.Version != MqttVersion.V5) return;
        PacketBuffer farewell = new();
        DisconnectPacket.Encode(farewell, fault.Fault.Reason(), options.Version);
        try
        {
            using CancellationTokenSource limit = new(TimeSpan.FromSeconds(1), time);
            await stream.WriteAsync(farewell.WrittenMemory, limit.Token).ConfigureAwait(false);
        }
        catch (Exception problem) when (problem is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
        }
    }
}
