using System.Collections.Immutable;
using SeqStream.Plan;

namespace SeqStream.Ort.Native;

/// <summary>Reads what a loaded session declares: inputs, outputs, metadata.</summary>
internal static unsafe class OrtModelReading
{
    public static ImmutableArray<OrtPort> Inputs(OrtLibrary library, nint session, string model)
    {
        nuint count;
        library.Check(library.Api.SessionGetInputCount(session, &count), $"Reading the inputs of model '{model}'");
        return Ports(library, session, model, count, library.Api.SessionGetInputName, library.Api.SessionGetInputTypeInfo);
    }

    public static ImmutableArray<OrtPort> Outputs(OrtLibrary library, nint session, string model)
    {
        nuint count;
        library.Check(library.Api.SessionGetOutputCount(session, &count), $"Reading the outputs of model '{model}'");
        return Ports(library, session, model, count, library.Api.SessionGetOutputName, library.Api.SessionGetOutputTypeInfo);
    }

    public static ImmutableDictionary<string, string> Metadata(OrtLibrary library, nint session, string model)
    {
        string doing = $"Reading the metadata of model '{model}'";
        OrtApi api = library.Api;
        nint native;
        library.Check(api.SessionGetModelMetadata(session, &native), doing);
        using OrtHandle metadata = new(native, api.ReleaseModelMetadata);
        byte** keys;
        long count;
        library.Check(api.ModelMetadataGetCustomMetadataMapKeys(native, library.Allocator, &keys, &count), doing);
        ImmutableDictionary<string, string>.Builder map = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        for (long index = 0; index < count; index++)
        {
            byte* value;
            library.Check(api.ModelMetadataLookupCustomMetadataMap(native, library.Allocator, keys[index], &value), doing);
            map[Take(library, keys[index])] = value is null ? "" : Take(library, value);
        }
        if (keys is not null) library.Check(api.AllocatorFree(library.Allocator, keys), doing);
        return map.ToImmutable();
    }

    /// <summary>Type and dimensions of a tensor's native description.</summary>
    public static (ElementType Type, ImmutableArray<OrtDimension> Dimensions) Shape(OrtLibrary library, nint description, string model, string port)
    {
        string doing = $"Reading the type of '{port}' of model '{model}'";
        OrtApi api = library.Api;
        int type;
        nuint rank;
        library.Check(api.GetTensorElementType(description, &type), doing);
        if (((ElementType)type).ByteSize() == 0) OrtThrow.UnsupportedElement(model, port, type);
        library.Check(api.GetDimensionsCount(description, &rank), doing);
        long[] values = new long[rank];
        fixed (long* at = values) library.Check(api.GetDimensions(description, at, rank), doing);
        byte*[] symbols = new byte*[rank];
        fixed (byte** at = symbols) library.Check(api.GetSymbolicDimensions(description, at, rank), doing);
        ImmutableArray<OrtDimension>.Builder dimensions = ImmutableArray.CreateBuilder<OrtDimension>(values.Length);
        for (int axis = 0; axis < values.Length; axis++) dimensions.Add(values[axis] >= 0 ? new OrtDimension(values[axis], "") : new OrtDimension(null, OrtText.Read(symbols[axis])));
        return ((ElementType)type, dimensions.MoveToImmutable());
    }

    private static ImmutableArray<OrtPort> Ports(
        OrtLibrary library, nint session, string model, nuint count,
        delegate* unmanaged<nint, nuint, nint, byte**, nint> getName, delegate* unmanaged<nint, nuint, nint*, nint> getType)
    {
        ImmutableArray<OrtPort>.Builder ports = ImmutableArray.CreateBuilder<OrtPort>((int)count);
        for (nuint index = 0; index < count; index++)
        {
            byte* text;
            library.Check(getName(session, index, library.Allocator, &text), $"Reading the ports of model '{model}'");
            string name = Take(library, text);
            nint typeInfo, description;
            library.Check(getType(session, index, &typeInfo), $"Reading the type of '{name}' of model '{model}'");
            using OrtHandle owner = new(typeInfo, library.Api.ReleaseTypeInfo);
            library.Check(library.Api.CastTypeInfoToTensorInfo(typeInfo, &description), $"Reading the type of '{name}' of model '{model}'");
            if (description == 0) OrtThrow.NotATensor(model, name);
            (ElementType type, ImmutableArray<OrtDimension> dimensions) = Shape(library, description, model, name);
            ports.Add(new OrtPort(name, type, dimensions));
        }
        return ports.MoveToImmutable();
    }

    /// <summary>Reads a string that the allocator made, and frees it.</summary>
    private static string Take(OrtLibrary library, byte* text)
    {
        string read = OrtText.Read(text);
        library.Check(library.Api.AllocatorFree(library.Allocator, text), "Freeing a name");
        return read;
    }
}
