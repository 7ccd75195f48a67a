namespace SeqStream.Contracts;

/// <summary>Told of every refused record. Any thread may call it.</summary>
public interface IFaultReporter
{
    /// <summary>A record was refused.</summary>
    void Report(in RecordFault fault);
}
