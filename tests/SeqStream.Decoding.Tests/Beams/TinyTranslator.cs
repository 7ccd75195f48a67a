using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using SeqStream.Contracts;
using SeqStream.Plan;
using SeqStream.State;

namespace SeqStream.Decoding.Beams;

/// <summary>A model whose answers are a table: the words written so far lead to the probabilities of the next. It keeps what each hypothesis wrote, by the inputs that the decoder feeds back.</summary>
internal sealed class TinyTranslator : IStepPorts, IEmissionWriter, IDisposable
{
    public const int Rows = 3, Places = 4;
    private static readonly string[] s_words = ["<pad>", "<unknown>", "<start>", "<end>", "a", "cat", "dog", ".", "I", "\"", "'s"];
    private readonly string _folder = Directory.CreateTempSubdirectory("seqstream-beam-").FullName;
    private readonly EmissionPool _pool = new();
    private readonly byte[][] _inputs = [new byte[8], new byte[8], new byte[8 * Rows], new byte[8 * Rows]];
    private readonly byte[][] _outputs = [new byte[4 * Rows * s_words.Length], new byte[4 * Rows * Places]];
    private string[] _written = new string[Rows];
    private long _step;

    public TinyTranslator() => File.WriteAllLines(Path.Combine(_folder, "words.txt"), s_words);

    /// <summary>What follows some words, as <c>word=probability</c>; of words that are not listed, the end.</summary>
    public Dictionary<string, string> Next { get; init; } = [];

    /// <summary>The place where every hypothesis looks.</summary>
    public int Looks { get; init; }

    public List<string> Said { get; } = [];

    public StepSignature Signature { get; } = new(
        "model.onnx",
        0,
        [Integers("source", 1), Integers("phase", 1), Integers("target", Rows), Integers("parents", Rows)],
        [Floats("scores", Rows * s_words.Length), Floats("attention", Rows * Places)],
        new StateLayout([]));

    public IFeedbackDecoder Create(int width = Rows, string more = "")
    {
        using JsonDocument card = JsonDocument.Parse($$"""{"type":"beam","words":"words.txt","width":{{width}}{{more}}}""");
        return (IFeedbackDecoder)DecoderCatalog.Create("beam", card.RootElement.Clone(), [], Signature, _folder)();
    }

    public void Read(IDecoder decoder, params string[] words)
    {
        foreach (string word in words) Step(decoder, word);
    }

    /// <summary>Begins the answer.</summary>
    public void Begin(IDecoder decoder)
    {
        _written = [.. Enumerable.Repeat("", Rows)];
        Answer();
        Step(decoder, "");
    }

    /// <summary>Goes on as long as the decoder feeds back, at most some steps.</summary>
    public void Write(IFeedbackDecoder decoder, int most = 1000)
    {
        StepNote note = default;
        while (most-- > 0 && decoder.TryNext(new StepInputs(this, 0), ref note))
        {
            Assert.Equal((long)SentencePhase.Write, BitConverter.ToInt64(_inputs[1]));
            ReadOnlySpan<long> target = MemoryMarshal.Cast<byte, long>(_inputs[2]), parents = MemoryMarshal.Cast<byte, long>(_inputs[3]);
            string[] written = new string[Rows];
            for (int row = 0; row < Rows; row++) written[row] = $"{_written[(int)parents[row]]} {s_words[target[row]]}".Trim();
            _written = written;
            Answer();
            Step(decoder, "");
        }
    }

    public Span<byte> Input(int port, int lane) => _inputs[port];

    public ReadOnlySpan<byte> Output(int port, int lane) => _outputs[port];

    public Emission Rent() => _pool.Rent();

    public void Write(Emission emission)
    {
        Said.Add($"{(emission.IsPartial ? "..." : "")}{Encoding.UTF8.GetString(emission.Text)}");
        LastScore = emission.Score;
        _pool.Return(emission);
    }

    public float LastScore { get; private set; }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static StepPort Integers(string name, int count) => new(name, ElementType.Int64, new TensorShape(count));

    private static StepPort Floats(string name, int count) => new(name, ElementType.Float32, new TensorShape(count));

    private void Step(IDecoder decoder, string text)
    {
        StepNote note = new() { Text = Encoding.UTF8.GetBytes(text), Time = 1 };
        decoder.Accept(new StepResult(this, 0, _step++, note), this);
    }

    private void Answer()
    {
        Span<float> scores = MemoryMarshal.Cast<byte, float>(_outputs[0].AsSpan()), attention = MemoryMarshal.Cast<byte, float>(_outputs[1].AsSpan());
        scores.Fill(-20);
        attention.Fill(0.1f);
        for (int row = 0; row < Rows; row++)
        {
            attention[(row * Places) + Looks] = 0.7f;
            foreach (string next in Next.GetValueOrDefault(_written[row], "<end>=1").Split(' '))
            {
                string[] pair = next.Split('=');
                scores[(row * s_words.Length) + Array.IndexOf(s_words, pair[0])] = MathF.Log(float.Parse(pair[1]));
            }
        }
    }
}
