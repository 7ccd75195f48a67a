using System.Collections.Immutable;
using SeqStream.Contracts;
using SeqStream.Execution;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Ort;
using SeqStream.Ort.Stepping;

namespace SeqStream.Hosting.Catalog;

/// <summary>
/// Makes a model ready to be stepped by the executor that was asked for. Without a wish the native executor runs every model that it can;
/// a step model that it refuses goes to ONNX Runtime if that is there, with the reason. A model is never run by a mixture.
/// </summary>
public static class ModelLoader
{
    /// <summary>Loads a model.</summary>
    /// <param name="reference">What <see cref="ModelCatalog.Resolve"/> found.</param>
    /// <param name="options">Executor and device.</param>
    /// <exception cref="OnnxFormatException">The file is no ONNX model.</exception>
    /// <exception cref="ModelNotStreamableException">The model cannot run step by step.</exception>
    /// <exception cref="OrtLibraryNotFoundException">ONNX Runtime was asked for and is not there.</exception>
    /// <exception cref="DeviceUnavailableException">The device is not there or does not go with the executor.</exception>
    public static LoadedModel Load(ModelReference reference, ModelLoadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(reference);
        options ??= new ModelLoadOptions();
        LoweringResult lowering = Inspect(reference);
        bool isCpu = options.Device == "cpu";
        if (options.Executor == ExecutorKind.Native && !isCpu)
            throw new DeviceUnavailableException($"The native executor runs on 'cpu' only, but the device asked for is '{options.Device}'. Leave out --device, or use --executor onnxruntime.");
        return options.Executor switch
        {
            ExecutorKind.OnnxRuntime => LoadOrt(reference, lowering, options, "onnxruntime was asked for"),
            ExecutorKind.Native => LoadNative(reference, lowering, "native was asked for"),
            _ when !isCpu => LoadOrt(reference, lowering, options, $"device '{options.Device}' is reached through onnxruntime"),
            _ when lowering.Plan is null && CanFallBack(lowering, options) => FallBack(reference, lowering, options),
            _ => LoadNative(reference, lowering, "it can run the whole model"),
        };
    }

    /// <summary>Reads and compiles a model without choosing an executor; the answer may be a refusal.</summary>
    /// <exception cref="OnnxFormatException">The file is no ONNX model.</exception>
    public static LoweringResult Inspect(ModelReference reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        return OnnxLowering.Lower(OnnxModel.Load(reference.ModelPath));
    }

    private static bool CanFallBack(LoweringResult lowering, ModelLoadOptions options)
        => lowering.Form == StreamForm.Step && lowering.Blockers.Length > 0 && OrtLibrary.Find(options.OrtLibraryPath).Library is not null;

    /// <summary>ONNX Runtime where the native executor refuses; if both refuse, the native executor's reasons are the better ones.</summary>
    private static LoadedModel FallBack(ModelReference reference, LoweringResult lowering, ModelLoadOptions options)
    {
        try
        {
            return LoadOrt(reference, lowering, options, $"the native executor refuses the model ({lowering.Blockers[0]})");
        }
        catch (OrtException)
        {
            return LoadNative(reference, lowering, "");
        }
    }

    private static LoadedModel LoadNative(ModelReference reference, LoweringResult lowering, string reason)
        => new(reference, NativeProgram.Bind(lowering.PlanOrThrow()), lowering, reason);

    private static LoadedModel LoadOrt(ModelReference reference, LoweringResult lowering, ModelLoadOptions options, string reason)
    {
        if (lowering.Form == StreamForm.Sequence)
            throw new DeviceUnavailableException($"Model '{reference.Card.Name}' takes a whole sequence per call; ONNX Runtime can step only models with explicit state inputs. Use --executor native, which compiles it into a step.");
        OrtLibrary library = OrtLibrary.Load(options.OrtLibraryPath);
        OrtStepModel model = new() { States = [.. lowering.States.Select(static pair => new OrtStatePair(pair.Input, pair.Output))] };
        OrtProgram program = OrtProgram.Load(library, reference.ModelPath, model, new OrtSessionOptions { Providers = ProvidersOf(library, options.Device) });
        return new LoadedModel(reference, program, lowering, reason);
    }

    private static ImmutableArray<OrtProvider> ProvidersOf(OrtLibrary library, string device)
    {
        if (device == "cpu") return [];
        string? provider = library.Providers.FirstOrDefault(name => name.Equals(device, StringComparison.OrdinalIgnoreCase) || name.Equals($"{device}ExecutionProvider", StringComparison.OrdinalIgnoreCase));
        return provider is not null
            ? [new OrtProvider(provider)]
            : throw new DeviceUnavailableException($"Device '{device}' is not built into {library}. It has: cpu, {string.Join(", ", library.Providers.Select(static name => name.Replace("ExecutionProvider", "", StringComparison.Ordinal).ToLowerInvariant()).Where(static name => name != "cpu"))}.");
    }
}
