using Microsoft.Extensions.Logging;
using SeqStream.Contracts;

namespace SeqStream.Hosting.Supervision;

/// <summary>Counts and logs the records that a route refuses.</summary>
internal sealed class RouteFaults(string route, ILogger log, TimeProvider time) : IFaultReporter
{
    private readonly LogQuota _quota = new(time);
    private long _count;

    /// <summary>Refused records since the route began, over all its runs.</summary>
    public long Count => Interlocked.Read(ref _count);

    public void Report(in RecordFault fault)
    {
        Interlocked.Increment(ref _count);
        bool isTold = _quota.TryTake(out long leftOut);
        if (leftOut > 0) DaemonLog.RecordsLeftOut(log, route, leftOut);
        if (isTold) DaemonLog.RecordRefused(log, route, fault.Source, fault.Position, fault.Problem);
    }
}
