using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using SeqStream.Ort.Stepping;
using SeqStream.Plan;

namespace SeqStream.Ort.Native;

/// <summary>The failures of this room.</summary>
internal static unsafe class OrtThrow
{
    /// <summary>Throws what a status says; <paramref name="doing"/> names the model and the thing attempted.</summary>
    public static void Check(this OrtLibrary library, nint status, string doing)
    {
        if (status != 0) Status(library, status, doing);
    }

    [DoesNotReturn, MethodImpl(MethodImplOptions.NoInlining)]
    public static void Status(OrtLibrary library, nint status, string doing)
    {
        OrtErrorCode code = library.Api.GetErrorCode(status);
        string message = TakeMessage(library, status);
        throw new OrtException(code, $"{doing}: ONNX Runtime {library.Version} says: {message} ({code}). {Remedy(code)}");
    }

    /// <summary>Throws what a status says about adding an execution provider.</summary>
    public static void CheckProvider(this OrtLibrary library, nint status, OrtProvider provider)
    {
        if (status == 0) return;
        string message = TakeMessage(library, status);
        throw new OrtException(OrtErrorCode.ProviderFailure, $"Adding execution provider '{provider.Name}': ONNX Runtime {library.Version} says: {message}. Put the libraries and drivers it needs in place, or leave it out to run on the processor.");
    }

    [DoesNotReturn]
    public static void NoModelFile(string path)
        => throw new OrtException(OrtErrorCode.NoSuchFile, $"Model '{path}': the file does not exist. Give the path of an .onnx file.");

    [DoesNotReturn]
    public static void UnknownPort(string model, string kind, string name, IEnumerable<OrtPort> known)
        => UnknownName(model, kind, name, known.Select(static port => port.Name));

    [DoesNotReturn]
    public static void UnknownName(string model, string kind, string name, IEnumerable<string> known)
        => throw new OrtException(OrtErrorCode.InvalidArgument, $"Model '{model}' has no {kind} '{name}'. Its {kind}s are: {string.Join(", ", known.Select(static other => $"'{other}'"))}. Use one of these names.");

    [DoesNotReturn]
    public static void MissingInput(string model, OrtPort input)
        => throw new OrtException(OrtErrorCode.InvalidArgument, $"Model '{model}': input {input} was not given. Every input of the model needs a tensor.");

    [DoesNotReturn]
    public static void WrongTensor(string model, OrtPort input, OrtTensor tensor)
        => throw new OrtException(OrtErrorCode.InvalidArgument, $"Model '{model}', input '{input.Name}': found {tensor}, expected {input}. Give a tensor of that type and shape.");

    [DoesNotReturn]
    public static void UnsupportedElement(string model, string port, int elementType)
        => throw new OrtException(OrtErrorCode.NotImplemented, $"Model '{model}', '{port}': ONNX element type {elementType} is not one that SeqStream reads (integers, bool, float16, float32, float64). Cast it inside the model.");

    [DoesNotReturn]
    public static void NotATensor(string model, string port)
        => throw new OrtException(OrtErrorCode.NotImplemented, $"Model '{model}', '{port}' is a sequence, map or optional, expected a tensor. Export the model with tensors only.");

    [DoesNotReturn]
    public static void NoProvider(string provider, OrtLibrary library)
        => throw new OrtException(OrtErrorCode.ProviderFailure, $"Execution provider '{provider}' is not in ONNX Runtime {library.Version} at '{library.Path}', which has: {string.Join(", ", library.Providers)}. Choose one of these, or name another library in {OrtLibrary.PathVariable}.");

    [DoesNotReturn]
    public static void OpenDimension(string model, OrtPort port, string openName)
        => throw new OrtException(OrtErrorCode.InvalidArgument, $"Model '{model}', input {port}: dimension '{openName}' has no value and is not known to count streams. Give it a value in {nameof(OrtStepModel)}.{nameof(OrtStepModel.Dimensions)}, or name it in {nameof(OrtStepModel)}.{nameof(OrtStepModel.BatchDimensions)}.");

    [DoesNotReturn]
    public static void TwoBatchAxes(string model, OrtPort port)
        => throw new OrtException(OrtErrorCode.InvalidArgument, $"Model '{model}', input {port}: two of its dimensions count streams, expected one at most. Give one of them a value in {nameof(OrtStepModel)}.{nameof(OrtStepModel.Dimensions)}.");

    [DoesNotReturn]
    public static void StatePairDiffers(string model, OrtLanePort input, OrtLanePort output)
        => throw new OrtException(OrtErrorCode.InvalidArgument, $"Model '{model}': state input {input} and state output {output} differ, expected the same type and shape. Check the pair, and the values given to open dimensions.");

    [DoesNotReturn]
    public static void WrongInitialState(string model, OrtLanePort input, ConstantTensor initial)
        => throw new OrtException(OrtErrorCode.InvalidArgument, $"Model '{model}': the initial value of state {input} is {initial.Type.DisplayName()} {initial.Shape}, expected the same type and number of elements.");

    [DoesNotReturn]
    public static void FixedBatch(string model, int batch, string reason)
        => throw new OrtException(OrtErrorCode.InvalidArgument, $"Model '{model}' was asked to step {batch} streams in one run, but {reason}. Export it with an open batch dimension, name that dimension in {nameof(OrtStepModel)}.{nameof(OrtStepModel.BatchDimensions)}, or step one stream at a time.");

    /// <summary>Reads a status' message and releases the status.</summary>
    private static string TakeMessage(OrtLibrary library, nint status)
    {
        string message = OrtText.Read(library.Api.GetErrorMessage(status)).Trim().TrimEnd('.');
        library.Api.ReleaseStatus(status);
        return message;
    }

    private static string Remedy(OrtErrorCode code) => code switch
    {
        OrtErrorCode.InvalidProtobuf => "The file is damaged or no ONNX model; export or download it again.",
        OrtErrorCode.NotImplemented => "This library has no such operator for this opset or type; use a newer library or export with another opset.",
        OrtErrorCode.InvalidGraph or OrtErrorCode.Fail => "Check the model with the tool that exported it.",
        OrtErrorCode.InvalidArgument => "Compare names, types and shapes with the model's inputs.",
        _ => "The message names the cause.",
    };
}
