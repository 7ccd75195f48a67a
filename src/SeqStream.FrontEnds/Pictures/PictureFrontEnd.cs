using System.Globalization;
using SeqStream.Contracts;
using SeqStream.State;

namespace SeqStream.FrontEnds.Pictures;

/// <summary>
/// Grey pictures to features, one step per picture: every pixel from 0 (black) to 1, then its difference to the picture before, 0 at the first.
/// A frame has the pixels row by row, each from 0 to 255. Frames of another size and pixels out of range are refused.
/// </summary>
/// <param name="options">Size of the pictures and the model's input.</param>
public sealed class PictureFrontEnd(PictureOptions options) : RowFrontEnd(options.Port, 2 * options.Pixels)
{
    private const float White = 255;

    private readonly float[] _light = new float[options.Pixels]; // [pixel] of the newest picture
    private bool _hasBefore;

    /// <inheritdoc/>
    private protected override bool HasMemory => _hasBefore;

    /// <inheritdoc/>
    private protected override string Expected
        => string.Create(CultureInfo.InvariantCulture, $"expected a grey picture of {options.Pixels} pixels, row by row. Scale pictures to the size that the model's card names.");

    /// <inheritdoc/>
    [HotPath]
    private protected override string? Take(ReadOnlySpan<float> row, ref double time, out bool isStep)
    {
        isStep = true;
        if (row.Length != _light.Length) return WrongContent(string.Create(CultureInfo.InvariantCulture, $"{row.Length} numbers"));
        foreach (float pixel in row)
        {
            if (!(pixel is >= 0 and <= White)) return OutOfRange(pixel);
        }
        Span<float> change = Features[_light.Length..];
        for (int i = 0; i < _light.Length; i++)
        {
            float light = row[i] / White;
            change[i] = _hasBefore ? light - _light[i] : 0;
            _light[i] = light;
        }
        _light.CopyTo(Features);
        _hasBefore = true;
        return null;
    }

    /// <inheritdoc/>
    private protected override void Forget() => _hasBefore = false;

    /// <inheritdoc/>
    private protected override void SaveMemory(StateWriter writer)
    {
        writer.Write(_hasBefore);
        if (_hasBefore) writer.WriteAll(_light);
    }

    /// <inheritdoc/>
    private protected override void RestoreMemory(ref StateReader reader)
    {
        _hasBefore = reader.ReadBool();
        if (_hasBefore) reader.ReadAll(_light);
    }

    private static string OutOfRange(float found) => string.Create(CultureInfo.InvariantCulture, $"found a pixel of {found}, expected 0 (black) to 255 (white). Send grey levels of 8 bits.");
}
