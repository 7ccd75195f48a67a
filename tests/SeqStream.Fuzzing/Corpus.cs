using SeqStream.TestSupport;

namespace SeqStream.Fuzzing;

/// <summary>The models that mutation starts from: files of the shared folder, generated ones, and those that showed something new.</summary>
internal sealed class Corpus
{
    /// <summary>No model of the corpus is larger; megabytes of weights only slow the fuzzer down.</summary>
    public const int MostBytes = 1 << 16;

    private readonly List<byte[]> _models = [];
    private readonly Dictionary<MessageKind, List<Message>> _donors = [];
    private readonly int _seeds;

    public Corpus()
    {
        foreach (byte[] model in SeedModels.All()) Add(model);
        foreach (string folder in (string[])["onnx-conformance", "models"])
        {
            foreach (string file in Directory.GetFiles(SharedFolder.Require(folder), "*.onnx", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            {
                if (new FileInfo(file).Length <= MostBytes) Add(File.ReadAllBytes(file));
            }
        }
        _seeds = _models.Count;
    }

    public int Count => _models.Count;

    public int Seeds => _seeds;

    public byte[] this[int index] => _models[index];

    /// <summary>Adds a model. Its parts can be put into others from now on.</summary>
    public void Add(byte[] model)
    {
        _models.Add(model);
        if (Message.Parse(MessageKind.Model, model) is not { } tree) return;
        List<Message> messages = [];
        tree.Collect(messages);
        foreach (Message message in messages)
        {
            if (!_donors.TryGetValue(message.Kind, out List<Message>? donors)) _donors.Add(message.Kind, donors = []);
            donors.Add(message);
        }
    }

    /// <summary>Any model; half of the time one of those that were added last.</summary>
    public byte[] Draw(Random random) => _models[random.Next(2) == 0 || _models.Count == _seeds ? random.Next(_models.Count) : random.Next(_seeds, _models.Count)];

    /// <summary>A message of some kind out of any model.</summary>
    public Message? Donor(Random random, MessageKind kind) => _donors.TryGetValue(kind, out List<Message>? donors) ? donors[random.Next(donors.Count)] : null;
}
