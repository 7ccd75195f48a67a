namespace SeqStream;

/// <summary>Marks code that runs once per frame or per step: it allocates nothing, locks nothing, logs nothing. Tests read it; it changes no behaviour.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class | AttributeTargets.Struct)]
public sealed class HotPathAttribute : Attribute;
