using System.IO.Pipelines;

namespace SeqStream.Mqtt.Tests.Brokers;

/// <summary>A connection in memory that can be broken after a given number of bytes of either direction.</summary>
internal sealed class MemoryLink
{
    private readonly Pipe _up = new(new PipeOptions(useSynchronizationContext: false, pauseWriterThreshold: 1 << 20));
    private readonly Pipe _down = new(new PipeOptions(useSynchronizationContext: false, pauseWriterThreshold: 1 << 20));
    private readonly Lock _gate = new();

    public MemoryLink()
    {
        Client = new End(this, _down.Reader, _up.Writer, isUp: true);
        Broker = new End(this, _up.Reader, _down.Writer, isUp: false);
    }

    public Stream Client { get; }

    public Stream Broker { get; }

    /// <summary>Bytes from the client after which the link breaks.</summary>
    public long BreakAfterUp { get; init; } = long.MaxValue;

    /// <summary>Bytes from the broker after which the link breaks.</summary>
    public long BreakAfterDown { get; init; } = long.MaxValue;

    /// <summary>True to break with a reset, which also loses what was under way; false to end it properly.</summary>
    public bool Resets { get; init; }

    /// <summary>True to let everything sent vanish without an end.</summary>
    public bool IsSilent { get; set; }

    public long BytesUp { get; private set; }

    public long BytesDown { get; private set; }

    public bool IsBroken { get; private set; }

    public void Break(bool reset)
    {
        lock (_gate)
        {
            if (IsBroken) return;
            IsBroken = true;
        }
        IOException? cause = reset ? new IOException("Connection reset by peer") : null;
        _up.Writer.Complete(cause);
        _down.Writer.Complete(cause);
        if (!reset) return;
        _up.Reader.CancelPendingRead();
        _down.Reader.CancelPendingRead();
    }

    /// <summary>How many of the bytes still pass.</summary>
    private int Admit(bool isUp, int count)
    {
        lock (_gate)
        {
            if (IsBroken) return -1;
            long left = isUp ? BreakAfterUp - BytesUp : BreakAfterDown - BytesDown;
            int passed = (int)Math.Min(count, left);
            if (isUp) BytesUp += passed;
            else BytesDown += passed;
            return passed;
        }
    }

    private sealed class End(MemoryLink link, PipeReader reader, PipeWriter writer, bool isUp) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            while (true)
            {
                ReadResult result = await reader.ReadAsync(cancellationToken);
                if (link.IsBroken && link.Resets) throw new IOException("Connection reset by peer");
                int count = (int)Math.Min(result.Buffer.Length, buffer.Length);
                System.Buffers.BuffersExtensions.CopyTo(result.Buffer.Slice(0, count), buffer.Span);
                reader.AdvanceTo(result.Buffer.GetPosition(count));
                if (count > 0 || result.IsCompleted) return count;
            }
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int passed = link.Admit(isUp, buffer.Length);
            if (passed < 0) throw new IOException("Broken pipe");
            if (link.IsSilent) return;
            if (passed > 0 && !await TryPassAsync(buffer[..passed], cancellationToken)) throw new IOException("Broken pipe");
            if (passed == buffer.Length) return;
            link.Break(link.Resets);
            throw new IOException("Broken pipe");
        }

        /// <summary>False if the other end broke the link meanwhile.</summary>
        private async ValueTask<bool> TryPassAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
        {
            try
            {
                await writer.WriteAsync(bytes, cancellation);
                return true;
            }
            catch (InvalidOperationException) when (link.IsBroken)
            {
                return false;
            }
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

        public override void Write(byte[] buffer, int offset, int count) => WriteAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            link.Break(reset: false);
            base.Dispose(disposing);
        }
    }
}
