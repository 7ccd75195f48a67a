using System.Collections.Immutable;
using SeqStream.Onnx.Lowering;
using SeqStream.Onnx.Reading;
using SeqStream.Plan;

namespace SeqStream.Onnx.Streaming;

/// <summary>What is known of a whole-sequence model's values in time.</summary>
/// <param name="Facts">Facts by wire of the trace at <see cref="Probe.ShortLength"/> steps.</param>
/// <param name="Outputs">Facts of the outputs that are known, by name.</param>
/// <param name="Residents">Recurrent nodes that run along the stream.</param>
/// <param name="Blockers">Nodes that mix steps; empty if stepping equals the whole sequence.</param>
internal sealed record TimeReport(
    IReadOnlyDictionary<Wire, WireFacts> Facts, IReadOnlyDictionary<string, WireFacts> Outputs, IReadOnlySet<OnnxNode> Residents, ImmutableArray<Blocker> Blockers);
