using System.Diagnostics.CodeAnalysis;

namespace SeqStream.Weights;

/// <summary>The forms' short names, by which people call them, and their sizes.</summary>
public static class WeightForms
{
    /// <summary>All forms, the widest first.</summary>
    public static IReadOnlyList<WeightForm> All { get; } = [WeightForm.Float32, WeightForm.BFloat16, WeightForm.Float16, WeightForm.Int8, WeightForm.Int4];

    /// <summary>The short names of <see cref="All"/>.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(static form => form.ShortName())];

    /// <summary><c>f32</c>, <c>bf16</c>, <c>f16</c>, <c>int8</c> or <c>int4</c>.</summary>
    public static string ShortName(this WeightForm form) => form switch
    {
        WeightForm.Float32 => "f32",
        WeightForm.BFloat16 => "bf16",
        WeightForm.Float16 => "f16",
        WeightForm.Int8 => "int8",
        WeightForm.Int4 => "int4",
        _ => throw new ArgumentOutOfRangeException(nameof(form), form, "No such weight form."),
    };

    /// <summary>Bits of one element, scales left out.</summary>
    public static int Bits(this WeightForm form) => form switch
    {
        WeightForm.Float32 => 32,
        WeightForm.Int8 => 8,
        WeightForm.Int4 => 4,
        _ => 16,
    };

    /// <summary>True for forms whose products are integer.</summary>
    public static bool IsInteger(this WeightForm form) => form is WeightForm.Int8 or WeightForm.Int4;

    /// <summary>Finds a form by its short name.</summary>
    public static bool TryParse([NotNullWhen(true)] string? name, out WeightForm form)
    {
        int at = name is null ? -1 : Names.ToList().IndexOf(name);
        form = at < 0 ? WeightForm.Float32 : All[at];
        return at >= 0;
    }
}
