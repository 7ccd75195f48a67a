using System.Runtime.InteropServices;
using SeqStream.Native.Abi;
using SeqStream.Native.Errors;
using SeqStream.Native.Handles;

namespace SeqStream.Native.Exports;

/// <summary>Batches: many sessions stepped together. The contract is seqstream.h.</summary>
internal static unsafe class BatchExports
{
    private const string Kind = "batch";
    private const uint MostSessions = 1 << 16;

    [UnmanagedCallersOnly(EntryPoint = "seqstream_batch_create")]
    public static int Create(ulong model, uint maxSessions, ulong* handle)
    {
        try
        {
            Caller.Out(handle, nameof(handle)) = 0;
            if (HandleTable.Find<ModelHandle>(model) is not { } target) return Answer.Of(Status.InvalidHandle, "model", model);
            if (maxSessions is 0 or > MostSessions) throw Refusal.Length(nameof(maxSessions), maxSessions, $"1 to {MostSessions}");
            target.Model.Model.Prewarm((int)maxSessions);
            BatchHandle batch = new(target.Model.CreateBatch((int)maxSessions));
            *handle = HandleTable.Add(batch);
            return (int)Status.Ok;
        }
        catch (Exception failure)
        {
            return LastError.Set(failure);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "seqstream_batch_free")]
    public static int Free(ulong batch)
    {
        try
        {
            Status status = HandleTable.Remove(batch, out BatchHandle? target);
            if (status != Status.Ok) return Answer.Of(status, Kind, batch);
            target!.Dispose();
            return (int)Status.Ok;
        }
        catch (Exception failure)
        {
            return LastError.Set(failure);
        }
    }

    [HotPath]
    [UnmanagedCallersOnly(EntryPoint = "seqstream_batch_step")]
    public static int Step(ulong batch, ulong* sessions, nuint count, float* features, nuint featureCount, float* outputs, nuint outputCount)
    {
        Status status = HandleTable.TryEnter(batch, out BatchHandle? target);
        if (status != Status.Ok) return Answer.Of(status, Kind, batch);
        int entered = 0;
        try
        {
            ReadOnlySpan<ulong> handles = Caller.Read(sessions, count, nameof(sessions));
            if (handles.Length > target!.Sessions.Length) throw Refusal.Length(nameof(count), count, $"at most {target.Sessions.Length}, for which the batch was created");
            for (; entered < handles.Length; entered++)
            {
                status = HandleTable.TryEnter(handles[entered], out StreamSession? session);
                if (status != Status.Ok) return Refuse(status, handles, entered);
                target.Sessions[entered] = session!;
            }
            target.Batch.Step(target.Sessions.AsSpan(0, entered), Caller.Read(features, featureCount, nameof(features)), Caller.Write(outputs, outputCount, nameof(outputs)));
            return (int)Status.Ok;
        }
        catch (Exception failure)
        {
            return LastError.Set(failure);
        }
        finally
        {
            for (int place = 0; place < entered; place++) HandleTable.Leave(sessions[place]);
            if (entered > 0) Array.Clear(target!.Sessions, 0, entered);
            HandleTable.Leave(batch);
        }
    }

    private static int Refuse(Status status, ReadOnlySpan<ulong> handles, int place) => handles[..place].Contains(handles[place])
        ? LastError.Set(Status.InvalidArgument, $"The session at place {place} is among the sessions twice; a stream makes one step at a time. Leave one of them out.")
        : Answer.Of(status, SessionExports.Kind, handles[place]);
}
