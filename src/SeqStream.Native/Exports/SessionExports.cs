using System.Runtime.InteropServices;
using SeqStream.Native.Abi;
using SeqStream.Native.Errors;
using SeqStream.Native.Handles;

namespace SeqStream.Native.Exports;

/// <summary>Sessions: streams that are stepped by their inputs. The contract is seqstream.h.</summary>
internal static unsafe class SessionExports
{
    internal const string Kind = "session";

    [UnmanagedCallersOnly(EntryPoint = "seqstream_session_create")]
    public static int Create(ulong model, ulong* handle)
    {
        try
        {
            Caller.Out(handle, nameof(handle)) = 0;
            if (HandleTable.Find<ModelHandle>(model) is not { } target) return Answer.Of(Status.InvalidHandle, "model", model);
            return Keep(target.Model.CreateSession(), handle);
        }
        catch (Exception failure)
        {
            return LastError.Set(failure);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "seqstream_session_free")]
    public static int Free(ulong session)
    {
        try
        {
            Status status = HandleTable.Remove(session, out StreamSession? target);
            if (status != Status.Ok) return Answer.Of(status, Kind, session);
            target!.Dispose();
            return (int)Status.Ok;
        }
        catch (Exception failure)
        {
            return LastError.Set(failure);
        }
    }

    [HotPath]
    [UnmanagedCallersOnly(EntryPoint = "seqstream_session_step")]
    public static int Step(ulong session, float* features, nuint featureCount, float* outputs, nuint outputCount)
    {
        Status status = HandleTable.TryEnter(session, out StreamSession? target);
        if (status != Status.Ok) return Answer.Of(status, Kind, session);
        try
        {
            target!.Step(Caller.Read(features, featureCount, nameof(features)), Caller.Write(outputs, outputCount, nameof(outputs)));
            return (int)Status.Ok;
        }
        catch (Exception failure)
        {
            return LastError.Set(failure);
        }
        finally
        {
            HandleTable.Leave(session);
        }
    }

    [HotPath]
    [UnmanagedCallersOnly(EntryPoint = "seqstream_session_step_sequence")]
    public static int StepSequence(ulong session, float* features, nuint featureCount, float* outputs, nuint outputCount)
    {
        Status status = HandleTable.TryEnter(session, out StreamSession? target);
        if (status != Status.Ok) return Answer.Of(status, Kind, session);
        try
        {
            StepAll(target!, Caller.Read(features, featureCount, nameof(features)), Caller.Write(outputs, outputCount, nameof(outputs)));
            return (int)Status.Ok;
        }
        catch (Exception failure)
        {
            return LastError.Set(failure);
        }
        finally
        {
            HandleTable.Leave(session);
        }
    }

    [HotPath]
    [UnmanagedCallersOnly(EntryPoint = "seqstream_session_peek")]
    public static int Peek(ulong session, float* features, nuint featureCount, float* outputs, nuint outputCount)
    {
        Status status = HandleTable.TryEnter(session, out StreamSession? target);
        if (status != Status.Ok) return Answer.Of(status, Kind, session);
        try
        {
            target!.Peek(Caller.Read(features, featureCount, nameof(features)), Caller.Write(outputs, outputCount, nameof(outputs)));
            return (int)Status.Ok;
        }
        catch (Exception failure)
        {
            return LastError.Set(failure);
        }
        finally
        {
            HandleTable.Leave(session);
        }
    }

    [HotPath]
    [UnmanagedCallersOnly(EntryPoint = "seqstream_session_set_input")]
    public static int SetInput(ulong session, uint port, void* data, nuint bytes)
    {
        Status status = HandleTable.TryEnter(session, out StreamSession? target);
        if (status != Status.Ok) return Answer.Of(status, Kind, session);
        try
        {
            if (port >= target!.Signature.Inputs.Length) throw Refusal.Length(nameof(port), port, $"0 to {target.Signature.Inputs.Length - 1}");
            int expected = target.Signature.Inputs[(int)port].ByteCount;
            if (bytes != (nuint)expected) throw Refusal.Length(nameof(bytes), bytes, $"{expected} for input {target.Signature.Inputs[(int)port]}");
            Caller.Read((byte*)data, bytes, nameof(data)).CopyTo(target.Input<byte>((int)port));
            return (int)Status.Ok;
        }
        catch (Exception failure)
        {
            return LastError.Set(failure);
        }
        finally
        {
            HandleTable.Leave(session);
        }
    }

    [HotPath]
    [UnmanagedCallersOnly(EntryPoint = "seqstream_session_run")]
    public static int Run(ulong session)
    {
        Status status = HandleTable.TryEnter(session, out StreamSession? target);
        if (status != Status.Ok) return Answer.Of(status, Kind, session);
        try
        {
            target!.Step();
            return (int)Status.Ok;
        }
        catch (Exception failure)
        {
            return LastError.Set(failure);
        }
        finally
        {
            HandleTable.Leave(session);
        }
    }

    [HotPath]
    [UnmanagedCallersOnly(EntryPoint = "seqstream_session_get_output")]
    public static int GetOutput(ulong session, uint port, void* data, nuint bytes)
    {
        Status status = HandleTable.TryEnter(session, out StreamSession? target);
        if (status != Status.Ok) return Answer.Of(status, Kind, session);
        try
        {
            if (port >= target!.Signature.Outputs.Length) throw Refusal.Length(nameof(port), port, $"0 to {target.Signature.Outputs.Length - 1}");
            int expected = target.Signature.Outputs[(int)port].ByteCount;
            if (bytes != (nuint)expected) throw Refusal.Length(nameof(bytes), bytes, $"{expected} for output {target.Signature.Outputs[(int)port]}");
            target.Output<byte>((int)port).CopyTo(Caller.Write((byte*)data, bytes, nameof(data)));
            return (int)Status.Ok;
        }
        catch (Exception failure)
        {
            return LastError.Set(failure);
        }
        finally
        {
            HandleTable.Leave(session);
        }
    }

    [HotPath]
    [UnmanagedCallersOnly(EntryPoint = "seqstream_session_reset")]
    public static int Reset(ulong session)
    {
        Status status = HandleTable.TryEnter(session, out StreamSession? target);
        if (status != Status.Ok) return Answer.Of(status, Kind, session);
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
            HandleTable.Leave(session);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "seqstream_session_steps")]
    public static int Steps(ulong session, long* steps)
    {
        Status status = HandleTable.TryEnter(session, out StreamSession? target);
        if (status != Status.Ok) return Answer.Of(status, Kind, session);
        try
        {
            Caller.Out(steps, nameof(steps)) = target!.Steps;
            return (int)Status.Ok;
        }
        catch (Exception failure)
        {
            return LastError.Set(failure);
        }
        finally
        {
            HandleTable.Leave(session);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "seqstream_session_end")]
    public static int End(ulong session, long frames)
    {
        Status status = HandleTable.TryEnter(session, out StreamSession? target);
        if (status != Status.Ok) return Answer.Of(status, Kind, session);
        try
        {
            target!.End(frames);
            return (int)Status.Ok;
        }
        catch (Exception failure)
        {
            return LastError.Set(failure);
        }
        finally
        {
            HandleTable.Leave(session);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "seqstream_session_fork")]
    public static int Fork(ulong session, ulong* handle)
    {
        Status status = HandleTable.TryEnter(session, out StreamSession? target);
        if (status != Status.Ok) return Answer.Of(status, Kind, session);
        try
        {
            Caller.Out(handle, nameof(handle)) = 0;
            return Keep(target!.Fork(), handle);
        }
        catch (Exception failure)
        {
            return LastError.Set(failure);
        }
        finally
        {
            HandleTable.Leave(session);
        }
    }

    [HotPath]
    [UnmanagedCallersOnly(EntryPoint = "seqstream_session_save")]
    public static int Save(ulong session, byte* buffer, nuint capacity, nuint* needed)
    {
        Status status = HandleTable.TryEnter(session, out StreamSession? target);
        if (status != Status.Ok) return Answer.Of(status, Kind, session);
        try
        {
            int bytes = target!.SavedBytes;
            if (needed is not null) Caller.Out(needed, nameof(needed)) = (nuint)bytes;
            if (capacity < (nuint)bytes) throw new Refusal(Status.BufferTooSmall, $"The buffer has {capacity} bytes, expected at least {bytes}. Call again with a larger one.");
            target.Save(Caller.Write(buffer, (nuint)bytes, nameof(buffer)));
            return (int)Status.Ok;
        }
        catch (Exception failure)
        {
            return LastError.Set(failure);
        }
        finally
        {
            HandleTable.Leave(session);
        }
    }

    [HotPath]
    [UnmanagedCallersOnly(EntryPoint = "seqstream_session_restore")]
    public static int Restore(ulong session, byte* saved, nuint bytes)
    {
        Status status = HandleTable.TryEnter(session, out StreamSession? target);
        if (status != Status.Ok) return Answer.Of(status, Kind, session);
        try
        {
            target!.Restore(Caller.Read(saved, bytes, nameof(saved)));
            return (int)Status.Ok;
        }
        catch (Exception failure)
        {
            return LastError.Set(failure);
        }
        finally
        {
            HandleTable.Leave(session);
        }
    }

    [HotPath]
    private static void StepAll(StreamSession session, ReadOnlySpan<float> features, Span<float> outputs)
    {
        Contracts.StepSignature signature = session.Signature;
        int inputs = Math.Max(signature.Inputs[0].ElementCount, 1), answers = signature.Outputs[0].ElementCount, steps = features.Length / inputs;
        if (features.Length != steps * inputs) throw Refusal.Length("feature_count", (nuint)features.Length, $"a multiple of {inputs}");
        if (outputs.Length != (long)steps * answers) throw Refusal.Length("output_count", (nuint)outputs.Length, $"{(long)steps * answers}: {steps} steps of {answers}");
        if (features.Overlaps(outputs)) throw new Refusal(Status.InvalidArgument, "'features' and 'outputs' overlap. Give them memory of their own.");
        for (int step = 0; step < steps; step++) session.Step(features.Slice(step * inputs, inputs), outputs.Slice(step * answers, answers));
    }

    private static int Keep(StreamSession session, ulong* handle)
    {
        try
        {
            *handle = HandleTable.Add(session);
            return (int)Status.Ok;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }
}
