using System.Collections.Immutable;
using System.Globalization;
using SeqStream.Contracts;
using SeqStream.Execution;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Onnx.Writing;
using SeqStream.Ort;
using SeqStream.Ort.Stepping;
using SeqStream.Weights;

namespace SeqStream.Hosting.Catalog;

/// <summary>
/// Makes a model ready to be stepped by the executor that was asked for. Without a wish the native executor runs every model that it can;
/// a step model that it refuses goes to ONNX Runtime if that is there, with the reason. ONNX Runtime runs a step model's own file; of whole-sequence models, and on other
/// devices than the processor, it runs the compiled step written as ONNX. A model is never run by a mixture.
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
        options ??= new ModelLoadOptions();
        return Load(reference, options, Inspect(reference, options));
    }

    /// <summary>Loads a model that was compiled before.</summary>
    /// <param name="reference">What <see cref="ModelCatalog.Resolve"/> found.</param>
    /// <param name="options">Executor and device; sizes and constants are those of <paramref name="lowering"/>.</param>
    /// <param name="lowering">What <see cref="Inspect"/> or <see cref="Bind"/> gave.</param>
    /// <exception cref="ModelNotStreamableException">The model cannot run step by step.</exception>
    /// <exception cref="StepNotWritableException">ONNX Runtime was asked for, and a node of the compiled step has no counterpart in ONNX.</exception>
    /// <exception cref="OrtLibraryNotFoundException">ONNX Runtime was asked for and is not there.</exception>
    /// <exception cref="DeviceUnavailableException">The device is not there or does not go with the executor.</exception>
    public static LoadedModel Load(ModelReference reference, ModelLoadOptions options, LoweringResult lowering)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(lowering);
        bool isCpu = options.Device == "cpu";
        if (options.Weights is not (null or WeightForm.Float32) && (options.Executor == ExecutorKind.OnnxRuntime || !isCpu || options.Window is not null))
            throw new ArgumentException($"Weights in the form '{options.Weights.Value.ShortName()}' are for the native executor. Leave out --weights, or convert the model with --weights first and run the new file.");
        if (options.Executor == ExecutorKind.Native && !isCpu)
            throw new DeviceUnavailableException($"The native executor runs on 'cpu' only, but the device asked for is '{options.Device}'. Leave out --device, or use --executor onnxruntime.");
        if (options.Window is { } window) return LoadWindow(reference, lowering, options, window);
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
    /// <param name="reference">What <see cref="ModelCatalog.Resolve"/> found.</param>
    /// <param name="options">Sizes and constants; null for none.</param>
    /// <exception cref="OnnxFormatException">The file is no ONNX model.</exception>
    /// <exception cref="ArgumentException">A size or constant does not fit the inputs.</exception>
    public static LoweringResult Inspect(ModelReference reference, ModelLoadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(reference);
        OnnxModel model = OnnxModel.Load(reference.ModelPath);
        if (options is null) return OnnxLowering.Lower(model);
        bool isNative = options.Executor != ExecutorKind.OnnxRuntime && options.Device == "cpu" && options.Window is null;
        if (isNative && options.Weights is null) options = options with { Weights = reference.Card.RecommendedWeights };
        return OnnxLowering.Lower(model, LoweringOptionsOf(model, options));
    }

    /// <summary>Compiles a refused step model again with the sizes and constants that a record shows. The answer may be a refusal again.</summary>
    /// <param name="reference">What <see cref="ModelCatalog.Resolve"/> found.</param>
    /// <param name="refused">What <see cref="Inspect"/> gave.</param>
    /// <param name="record">The first record.</param>
    /// <exception cref="OnnxFormatException">The file is no ONNX model.</exception>
    public static LoweringResult Bind(ModelReference reference, LoweringResult refused, RecordShape record)
    {
        ArgumentNullException.ThrowIfNull(reference);
        return OpenInputs.Bind(OnnxModel.Load(reference.ModelPath), refused, record);
    }

    /// <summary>The last resort: the whole model over the newest frames, at every step.</summary>
    private static LoadedModel LoadWindow(ModelReference reference, LoweringResult lowering, ModelLoadOptions options, int window)
    {
        if (lowering.Plan is not null) throw new ArgumentException($"Model '{reference.Card.Name}' steps exactly, without a window. Leave --window out.");
        if (options.Executor == ExecutorKind.Native) throw new ArgumentException("The native executor runs no whole windows. Leave out --executor, or leave out --window.");
        if (lowering.Form != StreamForm.Sequence || lowering.TimeAxes.IsEmpty)
            throw new ArgumentException($"Model '{reference.Card.Name}' has no input that is as long as the sequence, so a window has no axis to lie on. --window is for whole-sequence models whose file leaves the length open.");
        OrtLibrary library = OrtLibrary.Load(options.OrtLibraryPath);
        WindowModel model = new()
        {
            Frames = window,
            TimeAxes = lowering.TimeAxes.ToImmutableDictionary(static place => place.Input, static place => place.Axis),
            Constants = [.. LoweringOptionsOf(OnnxModel.Load(reference.ModelPath), options).Constants.Select(static pair => new OrtTensor(pair.Key, pair.Value.Type, [.. pair.Value.Shape.Dimensions.Select(static size => (long)size)], pair.Value.Bytes.ToArray()))],
            Dimensions = options.Dimensions,
        };
        OrtSession session = OrtSession.Load(library, reference.ModelPath, new OrtSessionOptions { Providers = ProvidersOf(library, options.Device) });
        try
        {
            return new LoadedModel(reference, new WindowProgram(session, model), lowering, string.Create(CultureInfo.InvariantCulture, $"the model cannot be compiled into steps: {lowering.Blockers[0]}"));
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    private static LoweringOptions LoweringOptionsOf(OnnxModel model, ModelLoadOptions options)
    {
        LoweringOptions lowering = new() { Dimensions = options.Dimensions, LookAhead = options.LookAhead, Weights = options.Weights };
        HashSet<string> dimensions = [.. model.Graph.Inputs.Where(static input => input.HasRank).SelectMany(static input => input.Dimensions.SelectMany((dimension, axis) => new[] { dimension.Symbol ?? "", new InputAxis(input.Name, axis).ToString() }))];
        foreach (string name in options.Dimensions.Keys)
        {
            if (!dimensions.Contains(name)) throw new ArgumentException($"'{name}' names no dimension of the model. Inputs are {string.Join(", ", model.Graph.Inputs)}.");
        }
        foreach ((string name, long value) in options.Constants)
        {
            OnnxValue input = model.Graph.Inputs.FirstOrDefault(input => input.Name == name)
                ?? throw new ArgumentException($"The constant '{name}' names no input of the model. Inputs are {string.Join(", ", model.Graph.Inputs)}.");
            lowering = lowering with { Constants = lowering.Constants.Add(name, OpenInputs.ConstantOf(input, value)) };
        }
        return lowering;
    }

    private static bool CanFallBack(LoweringResult lowering, ModelLoadOptions options)
        => lowering.Form == StreamForm.Step && !lowering.HasUnclearStates && lowering.Blockers.Length > 0 && OrtLibrary.Find(options.OrtLibraryPath).Library is not null;

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
        // A whole sequence per call: what ONNX Runtime steps is the compiled step, if there is one.
        if (lowering.Form == StreamForm.Sequence || lowering.HasUnclearStates) lowering.PlanOrThrow();
        OrtLibrary library = OrtLibrary.Load(options.OrtLibraryPath);
        OrtSessionOptions session = new() { Providers = ProvidersOf(library, options.Device) };
        try
        {
            return new LoadedModel(reference, ProgramOf(library, reference, lowering, session), lowering, reason);
        }
        catch (OrtException failure) when (failure.Code == OrtErrorCode.ProviderFailure)
        {
            throw new DeviceUnavailableException($"Device '{options.Device}' cannot be used. {failure.Message} {DevicesOf(library)}", failure);
        }
    }

    private static IExecutorFactory ProgramOf(OrtLibrary library, ModelReference reference, LoweringResult lowering, OrtSessionOptions session)
    {
        if (lowering.Plan is not null && !session.Providers.IsEmpty) return WrittenPrograms.OnDevice(library, lowering, session);
        return lowering.Form == StreamForm.Sequence
            ? WrittenPrograms.OnProcessor(library, lowering, session)
            : OrtProgram.Load(library, reference.ModelPath, OrtStepModels.Of(lowering), session);
    }

    private static ImmutableArray<OrtProvider> ProvidersOf(OrtLibrary library, string device)
    {
        if (device == "cpu") return [];
        string? provider = library.Providers.FirstOrDefault(name => name.Equals(device, StringComparison.OrdinalIgnoreCase) || name.Equals($"{device}ExecutionProvider", StringComparison.OrdinalIgnoreCase));
        return provider is not null
            ? [new OrtProvider(provider)]
            : throw new DeviceUnavailableException($"Device '{device}' is not built into {library}. {DevicesOf(library)}");
    }

    private static string DevicesOf(OrtLibrary library)
        => $"The library knows: cpu, {string.Join(", ", library.Providers.Select(static name => name.Replace("ExecutionProvider", "", StringComparison.Ordinal).ToLowerInvariant()).Where(static name => name != "cpu"))}.";
}
