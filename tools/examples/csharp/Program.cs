// What the wearer of radio sensors is doing, at every reading:
//
//     SeqStream.Example [MODEL] < readings.csv
//
// Reads lines of six numbers and prints the label and its probability for each.
using System.Globalization;
using SeqStream;
using SeqStream.Contracts;
using SeqStream.Models;

using LiveModel model = LiveModel.Load(args.Length > 0 ? args[0] : "activity");
using LiveStream stream = model.CreateStream();
while (Console.ReadLine() is { } line)
{
    float[] reading = [.. line.Split(',').Select(static number => float.Parse(number, CultureInfo.InvariantCulture))];
    FrameVerdict verdict = stream.Push(reading);
    if (!verdict.IsAccepted) throw new InvalidDataException(verdict.Problem);
    while (stream.TryTake(out Emission? said))
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{said.Label} {said.Score:F6}"));
        stream.Return(said);
    }
}
