using System.Collections.Immutable;
using SeqStream.Contracts;
using SeqStream.Plan;

namespace SeqStream.FrontEnds.Text;

/// <summary>An input that says at every step of a sequence which kind of text it is, such as names of people or of dinosaurs. Immutable.</summary>
/// <param name="Names">The kinds, in the order of their ids; a sequence of no stated kind is of the first.</param>
/// <param name="Port">The input of the id, int64.</param>
public sealed record ClassOptions(ImmutableArray<string> Names, int Port)
{
    /// <summary>Reads the front end's section <c>class</c>: <c>names</c> and, if it has another name, the <c>input</c>. Null if the card has none.</summary>
    /// <exception cref="CardException">A parameter is wrong or the model lacks the input.</exception>
    public static ClassOptions? Read(CardSection card, StepSignature signature)
    {
        ArgumentNullException.ThrowIfNull(card);
        ArgumentNullException.ThrowIfNull(signature);
        if (!card.Has("class")) return null;
        CardSection section = card.Section("class");
        ImmutableArray<string> names = section.Texts("names");
        if (names.IsEmpty || names.Distinct().Count() != names.Length) throw section.Refuse("names", "expected one or more names, each once.");
        int port = PortFit.Require(section, signature, section.Text("input", "class"), ElementType.Int64, 1);
        section.Complete();
        return new ClassOptions(names, port);
    }

    /// <summary>The id of a kind; empty stands for the first.</summary>
    /// <exception cref="ArgumentException">There is no such kind.</exception>
    public int IdOf(string name)
    {
        int id = string.IsNullOrEmpty(name) ? 0 : Names.IndexOf(name);
        return id >= 0 ? id : throw new ArgumentException($"The model has no class '{name}'. It has: {string.Join(", ", Names)}.");
    }
}
