using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Security.Cryptography;
using SeqStream.Ort.Native;
using SeqStream.Plan;

namespace SeqStream.Ort;

/// <summary>
/// A model loaded into ONNX Runtime. <see cref="Run"/> is for whole sequences, oracles and verification: it allocates; steppers and executors do not.
/// Any thread may use it, several at once.
/// </summary>
public sealed unsafe class OrtSession : IDisposable
{
    private readonly FrozenDictionary<string, OrtPort> _inputsByName;

    private OrtSession(OrtLibrary library, string modelName, ulong modelId, nint session, OrtSessionOptions? options)
    {
        Provider = options is { Providers: [OrtProvider first, ..] } ? first.Name : "";
        Library = library;
        ModelName = modelName;
        ModelId = modelId;
        Handle = new OrtHandle(session, library.Api.ReleaseSession);
        Inputs = OrtModelReading.Inputs(library, session, modelName);
        Outputs = OrtModelReading.Outputs(library, session, modelName);
        Metadata = OrtModelReading.Metadata(library, session, modelName);
        _inputsByName = Inputs.ToFrozenDictionary(static port => port.Name, StringComparer.Ordinal);
    }

    /// <summary>The library that runs it.</summary>
    public OrtLibrary Library { get; }

    /// <summary>The file's path, or the name given with the bytes.</summary>
    public string ModelName { get; }

    /// <summary>The first 8 bytes of the SHA-256 of the model file; weights in other files are not part of it.</summary>
    public ulong ModelId { get; }

    /// <summary>The inputs in the model's order.</summary>
    public ImmutableArray<OrtPort> Inputs { get; }

    /// <summary>The outputs in the model's order.</summary>
    public ImmutableArray<OrtPort> Outputs { get; }

    /// <summary>The model's metadata properties.</summary>
    public ImmutableDictionary<string, string> Metadata { get; }

    /// <summary>The execution provider that is offered nodes first; empty for the processor alone.</summary>
    internal string Provider { get; }

    internal OrtHandle Handle { get; }

    /// <summary>Loads a model file.</summary>
    /// <exception cref="OrtException">The file is absent or no model, or an option is not supported.</exception>
    public static OrtSession Load(OrtLibrary library, string path, OrtSessionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(library);
        if (!File.Exists(path)) OrtThrow.NoModelFile(path);
        using OrtHandle setup = OrtSessionSetup.Create(library, options ?? new OrtSessionOptions());
        using OrtText text = new();
        nint session;
        library.Check(library.Api.CreateSession(library.Environment, text.OfPath(path), setup.Value, &session), $"Loading model '{path}'");
        using FileStream file = File.OpenRead(path);
        return new OrtSession(library, path, BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(file)), session, options);
    }

    /// <summary>Loads a model from its bytes, which are not needed afterwards.</summary>
    /// <param name="library">The library to run it with.</param>
    /// <param name="model">A serialised ONNX model.</param>
    /// <param name="modelName">What messages call it.</param>
    /// <param name="options">How to run it; null for the defaults.</param>
    /// <exception cref="OrtException">The bytes are no model, or an option is not supported.</exception>
    public static OrtSession Load(OrtLibrary library, ReadOnlySpan<byte> model, string modelName, OrtSessionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(library);
        using OrtHandle setup = OrtSessionSetup.Create(library, options ?? new OrtSessionOptions());
        nint session;
        fixed (byte* at = model)
        {
            library.Check(library.Api.CreateSessionFromArray(library.Environment, at, (nuint)model.Length, setup.Value, &session), $"Loading model '{modelName}' from {model.Length} bytes");
        }
        return new OrtSession(library, modelName, BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(model)), session, options);
    }

    /// <summary>Runs the model once on all of its inputs and returns all of its outputs by name. Allocates.</summary>
    /// <exception cref="OrtException">An input is missing, unknown, or of another type or shape than declared, or the run failed.</exception>
    public IReadOnlyDictionary<string, OrtTensor> Run(params ReadOnlySpan<OrtTensor> inputs)
    {
        CheckInputs(inputs);
        using OrtText text = new();
        List<OrtHandle> values = [];
        try
        {
            string[] names = new string[inputs.Length];
            nint[] given = new nint[inputs.Length];
            for (int index = 0; index < inputs.Length; index++)
            {
                OrtHandle value = OrtTensorTransfer.ToNative(Library, ModelName, inputs[index]);
                values.Add(value);
                names[index] = inputs[index].Name;
                given[index] = value.Value;
            }
            nint[] answered = new nint[Outputs.Length];
            byte** inputNames = text.Of(names), outputNames = text.Of([.. Outputs.Select(static port => port.Name)]);
            fixed (nint* givenAt = given, answeredAt = answered)
            {
                nint status = Library.Api.Run(Handle.Value, 0, inputNames, givenAt, (nuint)given.Length, outputNames, (nuint)answered.Length, answeredAt);
                foreach (nint value in answered) values.Add(new OrtHandle(value, Library.Api.ReleaseValue));
                Library.Check(status, $"Running model '{ModelName}'");
            }
            return Outputs.Zip(answered).ToFrozenDictionary(
                static pair => pair.First.Name,
                pair => OrtTensorTransfer.FromNative(Library, ModelName, pair.First.Name, pair.Second),
                StringComparer.Ordinal);
        }
        finally
        {
            foreach (OrtHandle value in values) value.Dispose();
        }
    }

    /// <summary>Releases the model, once the steppers and executors made from it are disposed too.</summary>
    public void Dispose() => Handle.Dispose();

    /// <summary>The input of that name.</summary>
    internal OrtPort InputNamed(string name)
    {
        if (!_inputsByName.TryGetValue(name, out OrtPort? port)) OrtThrow.UnknownPort(ModelName, "input", name, Inputs);
        return port;
    }

    /// <summary>The output of that name.</summary>
    internal OrtPort OutputNamed(string name)
    {
        foreach (OrtPort port in Outputs)
        {
            if (port.Name == name) return port;
        }
        OrtThrow.UnknownPort(ModelName, "output", name, Outputs);
        return null;
    }

    private void CheckInputs(ReadOnlySpan<OrtTensor> inputs)
    {
        HashSet<string> given = new(StringComparer.Ordinal);
        foreach (OrtTensor tensor in inputs)
        {
            OrtPort port = InputNamed(tensor.Name);
            if (tensor.Type != port.Type || tensor.Bytes.Length != tensor.ElementCount * tensor.Type.ByteSize()) OrtThrow.WrongTensor(ModelName, port, tensor);
            given.Add(tensor.Name);
        }
        foreach (OrtPort port in Inputs)
        {
            if (!given.Contains(port.Name)) OrtThrow.MissingInput(ModelName, port);
        }
    }
}
