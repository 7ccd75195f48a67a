using System.Globalization;
using SeqStream.Hosting.Systemd;

namespace SeqStream.Hosting.Tests.Systemd;

public sealed class SystemdNotifierTests
{
    [Fact]
    public void Datagrams_are_exact()
    {
        using NotifyReceiver receiver = new();
        using SystemdNotifier notifier = new(receiver.Name, TimeProvider.System);
        notifier.Ready("2 of 2\nroutes are up");
        notifier.Status("idle");
        notifier.Alive();
        notifier.Stopping("stopping");

        Assert.Equal(["READY=1\nSTATUS=2 of 2 routes are up", "STATUS=idle", "WATCHDOG=1", "STOPPING=1\nSTATUS=stopping"], receiver.TakeAll());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("relative")]
    [InlineData("/absent/folder/notify")]
    [InlineData("@seqstream-nobody-listens")]
    [InlineData("/a-name-that-is-longer-than-the-one-hundred-and-eight-bytes-that-the-address-of-a-socket-in-the-file-system-may-have")]
    public void Nothing_to_notify_is_harmless(string? socket)
    {
        using SystemdNotifier notifier = new(socket, TimeProvider.System);
        notifier.Ready("up");
        notifier.Reloading();
        notifier.Alive();
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData("30000000", null, 30.0)]
    [InlineData("30000000", "1", null)]
    [InlineData("-5", null, null)]
    [InlineData("x", null, null)]
    public void Watchdog_counts_only_if_it_means_this_process(string? microseconds, string? process, double? seconds)
        => Assert.Equal(seconds, SystemdNotifier.WatchdogPeriod(microseconds, process)?.TotalSeconds);

    [Fact]
    public void Watchdog_of_this_process_counts()
        => Assert.Equal(TimeSpan.FromSeconds(1), SystemdNotifier.WatchdogPeriod("1000000", Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
}
