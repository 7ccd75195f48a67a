using SeqStream.Decoding.Sampling;
using SeqStream.Hosting.Catalog;
using SeqStream.Hosting.Demonstration.MadeUp;
using SeqStream.Hosting.Evaluation;
using SeqStream.Hosting.Generation;

namespace SeqStream.Hosting.Demonstration;

/// <summary>All scenes, in the order in which they are shown.</summary>
public static class SceneCatalog
{
    private const string Gene = "ATGGCCAAGCTGACCGAGGAGCTGAAGAAGCTGGAGGAGTACGTGCAGAAACTGGAGCGTGAGGTAAGTACTTTTTTAATTTAATATTATTTTAATTATAATTTTTATTAAAATTTTTTCTTTCAGGTGCTGGAGAAGGCCGAGCTGAAG";

    /// <summary>The scenes.</summary>
    public static IReadOnlyList<Scene> All { get; } =
    [
        new LiveScene("speech-digits", "a made-up voice says three, nine, one and two", "arecord -q -f S16_LE -r 8000 -t raw | seqstream run speech-digits --in s16le --rate 8000",
            static () => Voice.Frames(0.012, "three", "nine", "one", "two")),
        new LiveScene("speech-tags", "the same voice says four and six", "arecord -q -f S16_LE -r 8000 -t raw | seqstream run speech-tags --in s16le --rate 8000",
            static () => Voice.Frames(0.012, "four", "six")),
        new LiveScene("activity", "three radio sensors on a body that lies, walks and stands, sixty times as fast as in life", "seqstream run activity --in csv < readings.csv",
            static () => Wearer.Readings(secondsEach: 20, pause: 0.25 / 60)),
        new LiveScene("motions", "a watch on the wrist of somebody who stands, walks and runs", "seqstream run motions --in csv < readings.csv",
            static () => Watch.Readings(secondsEach: 6, pause: 0.012)),
        new LiveScene("pose-activity", "joints of a body that waves both hands, then one", "seqstream run pose-activity --in csv < joints.csv",
            static () => Body.Actions().Select(static action => action.Select(static (joints, at) => SceneFrame.Measured([.. joints.Select(static x => (float)x)], at / Body.Hertz, 0.02)))),
        new LiveScene("video-activity", "the same body as pictures of 48 x 48 points", "ffmpeg -loglevel error -i film.mp4 -vf fps=7.5,scale=48:48 -f rawvideo -pix_fmt gray - | seqstream run video-activity --in gray",
            static () => Body.Actions().Select(static action => Pictures(action))),
        new LiveScene("ticks", "events of an order book, drawn by lot", "seqstream run ticks --in csv < book.csv",
            static () => Market.Events(50, 0.03)),
        new LiveScene("ner", "a sentence, as it is typed", "echo 'Ada Lovelace worked in London.' | seqstream run ner",
            static () => Typing.Words(0.1, "Ada Lovelace met Charles Babbage at the Royal Institution in London .")),
        new LiveScene("sentiment", "a review, as it is typed: one to five stars", "seqstream run sentiment",
            static () => Typing.Words(0.1, "a slow start , then a moving , funny and beautifully acted film")),
        new LiveScene("toxic", "two comments, as they are typed", "seqstream run toxic",
            static () => Typing.Words(0.1, "what a lovely day in the park", "shut up you stupid idiot")),
        new LiveScene("dna", "a gene, letter by letter: where an intron begins (EI) and ends (IE)", "seqstream run dna < genes.fasta",
            static () => Typing.Lines(0.2, Gene)) { IsOfLetters = true },
        new LiveScene("dna-coding", "the same gene: which letters code for protein", "seqstream run dna-coding < genes.fasta",
            static () => Typing.Lines(0.2, Gene)) { IsOfLetters = true },
        new LiveScene("translate-fr-en", "French sentences", "echo 'un homme joue de la guitare .' | seqstream run translate-fr-en",
            static () => Typing.Lines(0.3, "un homme joue de la guitare dans la rue .", "deux enfants courent sur la plage avec un chien noir .")),
        new WrittenScene("names", "people, dinosaurs, bakes and cheeses that are not", "seqstream generate names --class dinosaur --count 5", static model => Names(model), 0.1),
        new WrittenScene("music", "a tune in ABC notation; --out midi or wav plays it", "seqstream generate music --seed 4 --out wav > tune.wav", static model => Tune(model), 0.1),
        new WrittenScene("sketch", "a fish and a cat", "seqstream generate sketch --class fish --seed 5 > fish.svg", static model => Sketches(model), 0.03),
    ];

    private static IEnumerable<SceneFrame> Pictures(double[][] action)
    {
        FigureDrawing drawing = new(0, action[0]);
        return action.Where(static (_, at) => at % FigureDrawing.Every == 0).Select((joints, at) => SceneFrame.Measured(drawing.Draw(joints), at * FigureDrawing.Every / Body.Hertz, 0.04));
    }

    private static IEnumerable<string> Names(LoadedModel model)
    {
        foreach (string name in LetterGenerator.LettersOf(model).Class is { } classes ? classes.Names : [""])
        {
            using LetterGenerator generator = new(model, new GenerationOptions { Class = name, Sampler = new SamplerOptions { Seed = 3, Temperature = 0.8 } });
            yield return $"{name + ":",-10} {string.Join(", ", Enumerable.Range(0, 6).Select(i => generator.Next(i, out _)))}";
        }
    }

    private static string[] Tune(LoadedModel model)
    {
        using TuneGenerator generator = new(model, new GenerationOptions { Sampler = new SamplerOptions { Seed = 4, Temperature = model.Card.Generation.Temperature } });
        return generator.Next(0, out _, out _).TrimEnd().Split('\n');
    }

    private static IEnumerable<string> Sketches(LoadedModel model)
    {
        foreach (string name in new[] { "fish", "cat" })
        {
            using SketchGenerator generator = new(model, new GenerationOptions { Class = name, Sampler = new SamplerOptions { Seed = 5, Temperature = model.Card.Generation.Temperature } }, SketchPrompt.None);
            DotCanvas canvas = new(columns: 34, rows: 9);
            canvas.Draw([.. generator.Next(0).Select(static stroke => stroke.Points)]);
            foreach (string row in canvas.Rows()) yield return row;
        }
    }
}
