using System.Runtime.InteropServices;
using SeqStream.Contracts;
using SeqStream.Native.Abi;
using SeqStream.Native.Errors;
using SeqStream.Native.Handles;

namespace SeqStream.Native.Exports;

/// <summary>Streams: frames in, emissions out, through the model's front end and decoder. The contract is seqstream.h.</summary>
internal static unsafe class StreamExports
{
    private const string Kind = "stream";
    private const int Said = 1;
    private const int Silent = 0;

    [UnmanagedCallersOnly(EntryPoint = "seqstream_stream_create")]
    public static int Create(ulong model, ulong* handle)
    {
        try
        {
            Caller.Out(handle, nameof(handle)) = 0;
            if (HandleTable.Find<ModelHandle>(model) is not { } target) return Answer.Of(Status.InvalidHandle, "model", model);
            return Keep(target.Model.CreateStream(), handle);
        }
        catch (Exception failure)
        {
            return LastError.Set(failure);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "seqstream_stream_free")]
    public static int Free(ulong stream)
    {
        try
        {
            Status status = HandleTable.Remove(stream, out StreamHandle? target);
            if (status != Status.Ok) return Answer.Of(status, Kind, stream);
            target!.Dispose();
            return (int)Status.Ok;
        }
        catch (Exception failure)
        {
            return LastError.Set(failure);
        }
    }

    [HotPath]
    [UnmanagedCallersOnly(EntryPoint = "seqstream_stream_push")]
    public static int Push(ulong stream, float* numbers, nuint count, double time)
    {
        Status status = HandleTable.TryEnter(stream, out StreamHandle? target);
        if (status != Status.Ok) return Answer.Of(status, Kind, stream);
        try
        {
            return Judge(target!.Stream.Push(Caller.Read(numbers, count, nameof(numbers)), time));
        }
        catch (Exception failure)
        {
            return LastError.Set(failure);
        }
        finally
        {
            HandleTable.Leave(stream);
        }
    }

    [HotPath]
    [UnmanagedCallersOnly(EntryPoint = "seqstream_stream_push_text")]
    public static int PushText(ulong stream, byte* text, nuint bytes, double time)
    {
        Status status = HandleTable.TryEnter(stream, out StreamHandle? target);
        if (status != Status.Ok) return Answer.Of(status, Kind, stream);
        try
        {
            return Judge(target!.Stream.PushText(Caller.Read(text, bytes, nameof(text)), time));
        }
        catch (Exception failure)
        {
            return LastError.Set(failure);
        }
        finally
        {
            HandleTable.Leave(stream);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "seqstream_stream_end")]
    public static int End(ulong stream)
    {
        Status status = HandleTable.TryEnter(stream, out StreamHandle? target);
        if (status != Status.Ok) return Answer.Of(status, Kind, stream);
        try
        {
            target!.Stream.End();
            return (int)Status.Ok;
        }
        catch (Exception failure)
        {
            return LastError.Set(failure);
        }
        finally
        {
            HandleTable.Leave(stream);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "seqstream_stream_reset")]
    public static int Reset(ulong stream)
    {
        Status status = HandleTable.TryEnter(stream, out StreamHandle? target);
        if (status != Status.Ok) return Answer.Of(status, Kind, stream);
        try
        {
            target!.Reset();
            return (int)Status.Ok;
        }
        catch (Exception failure)
        {
            return LastError.Set(failure);
        }
        finally
        {
            HandleTable.Leave(stream);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "seqstream_stream_waiting")]
    public static int Waiting(ulong stream, nuint* count)
    {
        Status status = HandleTable.TryEnter(stream, out StreamHandle? target);
        if (status != Status.Ok) return Answer.Of(status, Kind, stream);
        try
        {
            Caller.Out(count, nameof(count)) = (nuint)target!.Waiting;
            return (int)Status.Ok;
        }
        catch (Exception failure)
        {
            return LastError.Set(failure);
        }
        finally
        {
            HandleTable.Leave(stream);
        }
    }

    [HotPath]
    [UnmanagedCallersOnly(EntryPoint = "seqstream_stream_poll")]
    public static int Poll(ulong stream, EmissionDescription* emission)
    {
        Status status = HandleTable.TryEnter(stream, out StreamHandle? target);
        if (status != Status.Ok) return Answer.Of(status, Kind, stream);
        try
        {
            ModelExports.CheckSize(emission is null ? null : &emission->StructSize, sizeof(EmissionDescription), nameof(emission));
            return target!.TryPoll(ref *emission) ? Said : Silent;
        }
        catch (Exception failure)
        {
            return LastError.Set(failure);
        }
        finally
        {
            HandleTable.Leave(stream);
        }
    }

    [HotPath]
    [UnmanagedCallersOnly(EntryPoint = "seqstream_stream_poll_json")]
    public static int PollJson(ulong stream, byte* buffer, nuint capacity, nuint* needed)
    {
        Status status = HandleTable.TryEnter(stream, out StreamHandle? target);
        if (status != Status.Ok) return Answer.Of(status, Kind, stream);
        try
        {
            if (!target!.TryPeekJson(out ReadOnlySpan<byte> json))
            {
                if (needed is not null) Caller.Out(needed, nameof(needed)) = 0;
                return Silent;
            }
            int answer = Caller.Copy(json, buffer, capacity, needed);
            if (answer != (int)Status.Ok) return answer;
            target.Drop();
            return Said;
        }
        catch (Exception failure)
        {
            return LastError.Set(failure);
        }
        finally
        {
            HandleTable.Leave(stream);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "seqstream_stream_fork")]
    public static int Fork(ulong stream, ulong* handle)
    {
        Status status = HandleTable.TryEnter(stream, out StreamHandle? target);
        if (status != Status.Ok) return Answer.Of(status, Kind, stream);
        try
        {
            Caller.Out(handle, nameof(handle)) = 0;
            return Keep(target!.Stream.Fork(), handle);
        }
        catch (Exception failure)
        {
            return LastError.Set(failure);
        }
        finally
        {
            HandleTable.Leave(stream);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "seqstream_stream_save")]
    public static int Save(ulong stream, byte* buffer, nuint capacity, nuint* needed)
    {
        Status status = HandleTable.TryEnter(stream, out StreamHandle? target);
        if (status != Status.Ok) return Answer.Of(status, Kind, stream);
        try
        {
            return Caller.Copy(target!.Stream.Save(), buffer, capacity, needed);
        }
        catch (Exception failure)
        {
            return LastError.Set(failure);
        }
        finally
        {
            HandleTable.Leave(stream);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "seqstream_stream_restore")]
    public static int Restore(ulong stream, byte* saved, nuint bytes)
    {
        Status status = HandleTable.TryEnter(stream, out StreamHandle? target);
        if (status != Status.Ok) return Answer.Of(status, Kind, stream);
        try
        {
            target!.Stream.Restore(Caller.Read(saved, bytes, nameof(saved)));
            return (int)Status.Ok;
        }
        catch (Exception failure)
        {
            return LastError.Set(failure);
        }
        finally
        {
            HandleTable.Leave(stream);
        }
    }

    private static int Judge(FrameVerdict verdict) => verdict.IsAccepted ? (int)Status.Ok : LastError.Set(Status.Refused, $"The frame was refused: {verdict.Problem}");

    private static int Keep(LiveStream stream, ulong* handle)
    {
        StreamHandle kept = new(stream);
        try
        {
            *handle = HandleTable.Add(kept);
            return (int)Status.Ok;
        }
        catch
        {
            kept.Dispose();
            throw;
        }
    }
}
