using System.Runtime.InteropServices;
using SeqStream.Models;
using SeqStream.Native.Abi;
using SeqStream.Native.Errors;
using SeqStream.Native.Handles;

namespace SeqStream.Native.Exports;

/// <summary>Models: loading, describing, freeing. The contract is seqstream.h.</summary>
internal static unsafe class ModelExports
{
    private const string Kind = "model";

    [UnmanagedCallersOnly(EntryPoint = "seqstream_model_load")]
    public static int Load(byte* model, byte* folder, ulong* handle)
    {
        try
        {
            Caller.Out(handle, nameof(handle)) = 0;
            ModelCatalog? catalog = folder is null ? null : ModelCatalog.Find(Caller.Text(folder, nameof(folder)));
            return Keep(LiveModel.Load(Caller.Text(model, nameof(model)), catalog), handle);
        }
        catch (Exception failure)
        {
            return LastError.Set(failure);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "seqstream_model_load_memory")]
    public static int LoadMemory(byte* onnx, nuint onnxBytes, byte* card, nuint cardBytes, ulong* handle)
    {
        try
        {
            Caller.Out(handle, nameof(handle)) = 0;
            ReadOnlySpan<byte> file = Caller.Read(onnx, onnxBytes, nameof(onnx));
            ModelCard? read = cardBytes == 0 ? null : ModelCard.Parse(Caller.Read(card, cardBytes, nameof(card)).ToArray(), "memory");
            return Keep(LiveModel.Parse(file, read), handle);
        }
        catch (Exception failure)
        {
            return LastError.Set(failure);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "seqstream_model_free")]
    public static int Free(ulong model)
    {
        try
        {
            Status status = HandleTable.Remove(model, out ModelHandle? target);
            if (status != Status.Ok) return Answer.Of(status, Kind, model);
            target!.Dispose();
            return (int)Status.Ok;
        }
        catch (Exception failure)
        {
            return LastError.Set(failure);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "seqstream_model_describe")]
    public static int Describe(ulong model, ModelDescription* info)
    {
        try
        {
            if (HandleTable.Find<ModelHandle>(model) is not { } target) return Answer.Of(Status.InvalidHandle, Kind, model);
            CheckSize(info is null ? null : &info->StructSize, sizeof(ModelDescription), nameof(info));
            target.Describe(ref *info);
            return (int)Status.Ok;
        }
        catch (Exception failure)
        {
            return LastError.Set(failure);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "seqstream_model_port")]
    public static int Port(ulong model, int isOutput, uint index, PortDescription* port)
    {
        try
        {
            if (HandleTable.Find<ModelHandle>(model) is not { } target) return Answer.Of(Status.InvalidHandle, Kind, model);
            CheckSize(port is null ? null : &port->StructSize, sizeof(PortDescription), nameof(port));
            int count = isOutput != 0 ? target.Model.Signature.Outputs.Length : target.Model.Signature.Inputs.Length;
            if (index >= count) throw Refusal.Length(nameof(index), index, $"0 to {count - 1}");
            target.DescribePort(isOutput != 0, (int)index, ref *port);
            return (int)Status.Ok;
        }
        catch (Exception failure)
        {
            return LastError.Set(failure);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "seqstream_model_label")]
    public static int Label(ulong model, uint index, byte** label)
    {
        try
        {
            if (HandleTable.Find<ModelHandle>(model) is not { } target) return Answer.Of(Status.InvalidHandle, Kind, model);
            if (label is null) throw Refusal.NullPointer(nameof(label));
            Caller.Out((nuint*)label, nameof(label)) = 0;
            if (index >= target.Labels.Count) throw Refusal.Length(nameof(index), index, $"less than {target.Labels.Count}, the number of labels");
            *label = target.Labels[(int)index];
            return (int)Status.Ok;
        }
        catch (Exception failure)
        {
            return LastError.Set(failure);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "seqstream_model_json")]
    public static int Json(ulong model, byte* buffer, nuint capacity, nuint* needed)
    {
        try
        {
            if (HandleTable.Find<ModelHandle>(model) is not { } target) return Answer.Of(Status.InvalidHandle, Kind, model);
            return Caller.Copy(target.Json, buffer, capacity, needed);
        }
        catch (Exception failure)
        {
            return LastError.Set(failure);
        }
    }

    /// <summary>The caller's structure must be the one this library knows.</summary>
    internal static void CheckSize(uint* size, int expected, string name)
    {
        if (size is null) throw Refusal.NullPointer(name);
        if (((nuint)size & 7) != 0) throw new Refusal(Status.InvalidArgument, $"'{name}' is at an address that is no multiple of 8.");
        if (*size < expected) throw new Refusal(Status.InvalidArgument, $"'{name}->struct_size' is {*size}, expected {expected}. Set it to sizeof the structure of this library's seqstream.h.");
    }

    private static int Keep(LiveModel model, ulong* handle)
    {
        ModelHandle kept = new(model);
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
