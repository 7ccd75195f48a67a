using System.Collections.Immutable;
using SeqStream.Contracts;

namespace SeqStream.Ort.Stepping;

/// <summary>A step model whose states stay on the device that runs it. A state tensor has the rows of all streams, one row for each slot, in its first dimension.</summary>
/// <param name="Step">The model: inputs with the streams of a call first, the slots of these streams, and for each state all rows in and out.</param>
/// <param name="Read">A model that takes slots and all rows and answers, under the states' output names, those of the slots.</param>
/// <param name="Write">A model that takes slots, all rows and new ones, and answers all rows.</param>
/// <param name="Signature">What a step takes, answers and remembers; a field for each state, in the order of <paramref name="States"/>.</param>
/// <param name="States">The states' inputs and outputs.</param>
/// <param name="SlotsInput">The input with the slots, int64 [streams].</param>
/// <param name="RowsSuffix">What is added to a state's input name for the input with new rows.</param>
public sealed record OrtResidentModel(byte[] Step, byte[] Read, byte[] Write, StepSignature Signature, ImmutableArray<OrtStatePair> States, string SlotsInput, string RowsSuffix);
