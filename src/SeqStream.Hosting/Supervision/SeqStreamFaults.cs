using System.Net.Sockets;
using SeqStream.Contracts;
using SeqStream.Ort;
using SeqStream.Pipeline.Checkpoints;

namespace SeqStream.Hosting.Supervision;

/// <summary>Tells faults of the world around, whose message suffices, from faults of SeqStream itself, whose stack is worth showing.</summary>
internal static class SeqStreamFaults
{
    public static bool IsExpected(Exception fault)
        => fault is CheckpointException or IOException or UnauthorizedAccessException or ArgumentException or OrtException or CardException or SocketException or TimeoutException;
}
