using System.Collections.Immutable;
using SeqStream.Plan;

namespace SeqStream.Ort.Native;

/// <summary>Copies tensors between managed memory and ONNX Runtime's own.</summary>
internal static unsafe class OrtTensorTransfer
{
    public static OrtHandle ToNative(OrtLibrary library, string model, OrtTensor tensor)
    {
        string doing = $"Model '{model}', making tensor {tensor}";
        long[] dimensions = [.. tensor.Dimensions];
        nint value;
        fixed (long* at = dimensions) library.Check(library.Api.CreateTensorAsOrtValue(library.Allocator, at, (nuint)dimensions.Length, (int)tensor.Type, &value), doing);
        OrtHandle handle = new(value, library.Api.ReleaseValue);
        void* start;
        library.Check(library.Api.GetTensorMutableData(value, &start), doing);
        tensor.Bytes.CopyTo(new Span<byte>(start, tensor.Bytes.Length));
        return handle;
    }

    public static OrtTensor FromNative(OrtLibrary library, string model, string name, nint value)
    {
        string doing = $"Reading output '{name}' of model '{model}'";
        nint description;
        library.Check(library.Api.GetTensorTypeAndShape(value, &description), doing);
        using OrtHandle owner = new(description, library.Api.ReleaseTensorTypeAndShapeInfo);
        (ElementType type, ImmutableArray<OrtDimension> declared) = OrtModelReading.Shape(library, description, model, name);
        OrtTensor tensor = OrtTensor.Zeros(name, type, [.. declared.Select(static dimension => dimension.Value!.Value)]);
        void* start;
        library.Check(library.Api.GetTensorMutableData(value, &start), doing);
        new ReadOnlySpan<byte>(start, tensor.Bytes.Length).CopyTo(tensor.Bytes);
        return tensor;
    }
}
