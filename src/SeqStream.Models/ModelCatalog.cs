using System.Collections.Immutable;

namespace SeqStream.Models;

/// <summary>The models that can be called by name: folders with a <c>card.json</c> under <c>models/</c>.</summary>
public sealed class ModelCatalog
{
    /// <summary>The environment variable that names the folder of models; it is then the only one.</summary>
    public const string FolderVariable = "SEQSTREAM_MODELS";

    /// <summary>The file of a model's folder that says what the model is.</summary>
    public const string CardFile = "card.json";

    private ModelCatalog(ImmutableArray<string> folders) => Folders = folders;

    /// <summary>Folders that hold models, in the order in which they are searched.</summary>
    public ImmutableArray<string> Folders { get; }

    /// <summary>Looks for <c>models/</c>: the folder the environment names, else beside the application, and in every folder above it and above the current one.</summary>
    public static ModelCatalog Find() => Find(Environment.GetEnvironmentVariable(FolderVariable), AppContext.BaseDirectory, Environment.CurrentDirectory);

    /// <summary>Looks for <c>models/</c>.</summary>
    /// <param name="given">The only folder to search; null or empty to look for some.</param>
    /// <param name="starts">Folders that are searched, with all above them, for a folder <c>models</c>.</param>
    public static ModelCatalog Find(string? given, params ReadOnlySpan<string> starts)
    {
        if (!string.IsNullOrEmpty(given)) return new ModelCatalog([Path.GetFullPath(given)]);
        List<string> folders = [];
        foreach (string start in starts)
        {
            for (DirectoryInfo? at = new(start); at is not null; at = at.Parent)
            {
                string models = Path.Combine(at.FullName, "models");
                if (Directory.Exists(models) && !folders.Contains(models) && Directory.EnumerateDirectories(models).Any(HasCard)) folders.Add(models);
            }
        }
        return new ModelCatalog([.. folders]);
    }

    /// <summary>Names of all models, sorted.</summary>
    public ImmutableArray<string> Names()
        => [.. Folders.Where(Directory.Exists).SelectMany(Directory.EnumerateDirectories).Where(HasCard).Select(static folder => Path.GetFileName(folder)!).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Finds a model.</summary>
    /// <param name="model">A name in the catalog, a folder with a card, or an <c>.onnx</c> file.</param>
    /// <exception cref="ModelNotFoundException">There is no such model.</exception>
    /// <exception cref="SeqStream.Contracts.CardException">Its card cannot be used.</exception>
    public ModelReference Resolve(string model)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        if (model.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase)) return ResolveFile(model);
        if (HasCard(model)) return ResolveFolder(model);
        bool isName = !model.Contains('/', StringComparison.Ordinal) && !model.Contains('\\', StringComparison.Ordinal) && model is not ("." or "..");
        if (isName)
        {
            foreach (string folder in Folders)
            {
                string candidate = Path.Combine(folder, model);
                if (HasCard(candidate)) return ResolveFolder(candidate);
            }
        }
        throw new ModelNotFoundException(DescribeAbsent(model, isName));
    }

    private static bool HasCard(string folder) => File.Exists(Path.Combine(folder, CardFile));

    private static ModelReference ResolveFile(string path)
    {
        if (File.Exists(path)) return new ModelReference(ModelCard.Bare(path), path, null);
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(folder)) throw new ModelNotFoundException($"Model file '{path}' is absent: there is no folder '{folder}'. Give the path of an .onnx file, or a name that 'seqstream models' lists.");
        IEnumerable<string> beside = Directory.EnumerateFiles(folder, "*.onnx").Select(static file => Path.GetFileName(file));
        throw new ModelNotFoundException($"Model file '{path}' is absent.{NearestName.Hint(Path.GetFileName(path), beside)} Give the path of an .onnx file, or a name that 'seqstream models' lists.");
    }

    private static ModelReference ResolveFolder(string folder)
    {
        ModelCard card = ModelCard.Load(Path.Combine(folder, CardFile));
        string path = Path.Combine(folder, card.Model);
        return File.Exists(path)
            ? new ModelReference(card, path, folder)
            : throw new ModelNotFoundException($"Model '{card.Name}': its card names the file '{card.Model}', which is absent from '{folder}'. Restore the file or correct the key 'model' of the card.");
    }

    private string DescribeAbsent(string model, bool isName)
    {
        if (!isName) return $"'{model}' is no model: expected a folder with a {CardFile}, an .onnx file, or a name that 'seqstream models' lists.";
        ImmutableArray<string> names = Names();
        string known = names.Length > 0
            ? $"Known models: {string.Join(", ", names)}."
            : $"No folder of models was found; name one in the environment variable {FolderVariable}.";
        return $"There is no model '{model}'.{NearestName.Hint(model, names)} {known}";
    }
}
