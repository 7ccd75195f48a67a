using SeqStream.Contracts;
using SeqStream.FrontEnds.Text;
using SeqStream.Plan;

namespace SeqStream.FrontEnds.Strokes;

/// <summary>What a <see cref="StrokeFrontEnd"/> accepts and writes.</summary>
/// <param name="Canvas">Longer side of a drawing, in the units of its coordinates; x goes right, y goes down.</param>
/// <param name="Scale">Units of the coordinates for 1 of the model's offsets.</param>
/// <param name="AreOffsets">True if a row says how far the point lies from the one before, false if where it lies.</param>
/// <param name="Tolerance">How far a simplified line may lie from the drawn one, in units of the coordinates.</param>
/// <param name="Port">The input of a point, float32 [9]: see <see cref="PenTrack"/>.</param>
/// <param name="Class">The input that says what is drawn; null if there is none.</param>
public sealed record StrokeOptions(float Canvas, float Scale, bool AreOffsets, float Tolerance, int Port, ClassOptions? Class)
{
    /// <summary>Reads <c>scale</c>, <c>canvas</c> (255), <c>rows</c> (<c>points</c> or <c>offsets</c>), <c>tolerance</c> (3), <c>class</c> and, if it has another name, the input <c>points</c>.</summary>
    /// <exception cref="CardException">A parameter is wrong or the model lacks the input.</exception>
    public static StrokeOptions Read(CardSection card, StepSignature signature)
    {
        ArgumentNullException.ThrowIfNull(card);
        ArgumentNullException.ThrowIfNull(signature);
        string rows = card.Text("rows", "points");
        if (rows is not ("points" or "offsets")) throw card.Refuse("rows", $"found '{rows}', expected 'points' (x, y, pen) or 'offsets' (dx, dy, pen).");
        int port = PortFit.Require(card, signature, card.Text("points", "points"), ElementType.Float32, PenTrack.PointNumbers);
        return new StrokeOptions((float)card.Number("canvas", 1, 1e6, 255), (float)card.Number("scale", 1e-3, 1e6), rows == "offsets", (float)card.Number("tolerance", 0, 1e6, 3), port, ClassOptions.Read(card, signature));
    }
}
