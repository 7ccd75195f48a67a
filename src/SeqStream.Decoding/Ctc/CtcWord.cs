using System.Runtime.InteropServices;

namespace SeqStream.Decoding.Ctc;

/// <summary>A symbol of a transcript.</summary>
/// <param name="Symbol">Index of its label.</param>
/// <param name="Score">Probability at its most probable step.</param>
/// <param name="Start">Where its first step begins.</param>
/// <param name="End">Where its last step ends.</param>
[StructLayout(LayoutKind.Auto)]
internal record struct CtcWord(int Symbol, float Score, double Start, double End);
