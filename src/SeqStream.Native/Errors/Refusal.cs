namespace SeqStream.Native.Errors;

/// <summary>A call that cannot be carried out, with its code. Thrown and caught inside one export.</summary>
internal sealed class Refusal(Status status, string message) : Exception(message)
{
    public Status Status { get; } = status;

    public static Refusal NullPointer(string name) => new(Status.InvalidArgument, $"'{name}' is NULL, expected a pointer.");

    public static Refusal Length(string name, nuint found, string expected) => new(Status.InvalidArgument, $"'{name}' is {found}, expected {expected}.");
}
