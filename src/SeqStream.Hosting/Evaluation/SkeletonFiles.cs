using System.Collections.Immutable;
using System.Globalization;
using System.IO.Compression;

namespace SeqStream.Hosting.Evaluation;

/// <summary>
/// Reads MSR-Action3D: a zip of files <c>aXX_sYY_eZZ_skeleton3D.txt</c> with a joint a line (x, y, z, confidence), 20 lines a frame. XX is the number of the action, from 1,
/// among the model's labels.
/// </summary>
internal static class SkeletonFiles
{
    private const string Ending = "_skeleton3D.txt";
    private const int Joints = 20, Columns = 4;

    /// <summary>The sequences as frames of joints.</summary>
    public static IEnumerable<LabelledSequence> Poses(string path, ImmutableArray<string> labels)
        => Files(path, labels).Select(static file => new LabelledSequence([], [.. file.Frames.Select(static frame => frame.Select(static number => (float)number).ToArray())], [file.Label]));

    /// <summary>The sequences as pictures of a figure that moves as the body did, every second frame; frames without a body are left out.</summary>
    public static IEnumerable<LabelledSequence> Figures(string path, ImmutableArray<string> labels)
    {
        int number = 0;
        foreach ((string label, double[][] frames) in Files(path, labels))
        {
            double[][] seen = [.. frames.Where(static frame => frame.Any(static value => value != 0)).Where(static (_, i) => i % FigureDrawing.Every == 0)];
            FigureDrawing? drawing = seen.Length > 0 ? new FigureDrawing(number, seen[0]) : null;
            yield return new LabelledSequence([], [.. seen.Select(frame => drawing!.Draw(frame))], [label]);
            number++;
        }
    }

    private static IEnumerable<(string Label, double[][] Frames)> Files(string path, ImmutableArray<string> labels)
    {
        using ZipArchive archive = ZipFile.OpenRead(path);
        foreach (ZipArchiveEntry entry in archive.Entries.OrderBy(static entry => entry.FullName, StringComparer.Ordinal))
        {
            if (!entry.FullName.EndsWith(Ending, StringComparison.Ordinal)) continue;
            string name = Path.GetFileName(entry.FullName);
            bool isAction = name.Length > 3 && name[0] == 'a' && int.TryParse(name.AsSpan(1, 2), NumberStyles.None, CultureInfo.InvariantCulture, out int action) && action >= 1 && action <= labels.Length;
            if (!isAction) throw new InvalidDataException($"{path}: found the file '{entry.FullName}', expected a name such as 'a01_s02_e03{Ending}' with an action from 1 to {labels.Length}.");
            yield return (labels[int.Parse(name.AsSpan(1, 2), NumberStyles.None, CultureInfo.InvariantCulture) - 1], [.. Frames(entry, $"{path}: {entry.FullName}")]);
        }
    }

    private static IEnumerable<double[]> Frames(ZipArchiveEntry entry, string name)
    {
        using StreamReader reader = new(entry.Open());
        double[] frame = new double[3 * Joints];
        int line = 0;
        while (reader.ReadLine() is string text)
        {
            string[] fields = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length == 0) continue;
            if (fields.Length != Columns) throw Bad(name, line + 1, $"found {fields.Length} numbers, expected {Columns}: x, y, z and a confidence.");
            for (int i = 0; i < 3; i++)
            {
                if (!double.TryParse(fields[i], CultureInfo.InvariantCulture, out frame[(3 * (line % Joints)) + i])) throw Bad(name, line + 1, $"found '{fields[i]}', expected a number.");
            }
            line++;
            if (line % Joints != 0) continue;
            yield return frame;
            frame = new double[3 * Joints];
        }
        if (line % Joints != 0) throw Bad(name, line, $"the last frame has {line % Joints} joints, expected {Joints}.");
    }

    private static InvalidDataException Bad(string name, int line, string problem) => new(string.Create(CultureInfo.InvariantCulture, $"{name}, line {line}: {problem}"));
}
