namespace SeqStream.Hosting.Diagnosis;

/// <summary>One thing found out about the machine.</summary>
/// <param name="Subject">What was looked at.</param>
/// <param name="Answer">What was found.</param>
/// <param name="Remedy">What to do if it is missed; empty if nothing is.</param>
public sealed record Finding(string Subject, string Answer, string Remedy = "");
