using System.Collections.Immutable;
using SeqStream.Onnx.Reading;
using SeqStream.Plan;

namespace SeqStream.Onnx.Lowering;

/// <summary>Lowers a nested graph.</summary>
/// <param name="body">The graph.</param>
/// <param name="known">Wires of everything it reads, by name.</param>
/// <param name="wanted">The values that are asked for.</param>
internal delegate GraphTrace BodyLowering(OnnxGraph body, IReadOnlyDictionary<string, Wire> known, ImmutableArray<string> wanted);
