#if !NET10_0_OR_GREATER
namespace System.Linq;

/// <summary>
/// Stands in front of the framework's class of this name on the native leg: what the compiler calls for a spread (<c>[.. items]</c>), and the sequences that begin from nothing. See
/// <see cref="SeqStream.PlainLinq"/>. Its methods extend nothing, so that all other operators are found where they always are.
/// </summary>
internal static class Enumerable
{
    public static T[] ToArray<T>(IEnumerable<T> source)
    {
        if (source is not ICollection<T> collection) return new List<T>(source).ToArray();
        if (collection.Count == 0) return [];
        T[] items = new T[collection.Count];
        collection.CopyTo(items, 0);
        return items;
    }

    public static List<T> ToList<T>(IEnumerable<T> source) => new(source);

    public static IEnumerable<int> Range(int start, int count)
    {
        for (int number = 0; number < count; number++) yield return start + number;
    }

    public static IEnumerable<T> Repeat<T>(T item, int count)
    {
        for (int number = 0; number < count; number++) yield return item;
    }
}
#endif
