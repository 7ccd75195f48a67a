using System.Globalization;
using SeqStream.Contracts;

namespace SeqStream.FrontEnds.Vectors;

/// <summary>The texts of what can be wrong with a frame of numbers.</summary>
internal static class VectorProblems
{
    public static string TextFound(VectorOptions options)
        => $"found text, expected numbers for {string.Join(", ", options.Inputs)}. Send numbers, or name a model that takes text.";

    public static string NoSuchInput(VectorOptions options, int port)
        => string.Create(CultureInfo.InvariantCulture, $"found numbers for input {port}, the model has {string.Join(", ", options.Inputs)}. Name one of them.");

    public static string InputAbsent(StepPort port)
        => $"no numbers for input '{port.Name}', expected {port}. Send all inputs of the model in one record.";

    public static string WrongWidth(StepPort port, int found)
        => string.Create(CultureInfo.InvariantCulture, $"found {found} numbers for input '{port.Name}', expected {port.ElementCount}. Send {port}, row by row.");

    public static string FloatsFound(StepPort port)
        => $"found numbers with a fraction for input '{port.Name}', expected integers. Send {port}.";

    public static string NotFinite(StepPort port, int index, float found)
        => string.Create(CultureInfo.InvariantCulture,
            $"found {found} as number {index} of input '{port.Name}', expected a finite number. Leave the record out or repair it at the source.");

    public static string OutOfRange(StepPort port, int index, long found, long least, long greatest)
        => string.Create(CultureInfo.InvariantCulture,
            $"found {found} as number {index} of input '{port.Name}', expected {least} to {greatest}. Use the numbering the model was trained with.");
}
