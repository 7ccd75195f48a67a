#if !NET10_0_OR_GREATER
namespace SeqStream;

/// <summary>
/// The operators of LINQ that give sequences, each as one plain iterator. On the native leg they stand in front of the framework's, whose special iterators for every pair of element
/// types make a third of a program that is compiled ahead of time; from .NET 10 on, the framework's own are as small. The results are the same.
/// </summary>
internal static class PlainLinq
{
    public static IEnumerable<TResult> Select<T, TResult>(this IEnumerable<T> source, Func<T, TResult> selector)
    {
        foreach (T item in source) yield return selector(item);
    }

    public static IEnumerable<TResult> Select<T, TResult>(this IEnumerable<T> source, Func<T, int, TResult> selector)
    {
        int index = 0;
        foreach (T item in source) yield return selector(item, index++);
    }

    public static IEnumerable<T> Where<T>(this IEnumerable<T> source, Func<T, bool> predicate)
    {
        foreach (T item in source)
        {
            if (predicate(item)) yield return item;
        }
    }

    public static IEnumerable<T> Where<T>(this IEnumerable<T> source, Func<T, int, bool> predicate)
    {
        int index = 0;
        foreach (T item in source)
        {
            if (predicate(item, index++)) yield return item;
        }
    }

    public static IEnumerable<TResult> SelectMany<T, TResult>(this IEnumerable<T> source, Func<T, IEnumerable<TResult>> selector)
    {
        foreach (T item in source)
        {
            foreach (TResult result in selector(item)) yield return result;
        }
    }

    public static IEnumerable<T> Concat<T>(this IEnumerable<T> first, IEnumerable<T> second)
    {
        foreach (T item in first) yield return item;
        foreach (T item in second) yield return item;
    }

    public static IEnumerable<T> Append<T>(this IEnumerable<T> source, T last)
    {
        foreach (T item in source) yield return item;
        yield return last;
    }

    public static IEnumerable<T> Prepend<T>(this IEnumerable<T> source, T first)
    {
        yield return first;
        foreach (T item in source) yield return item;
    }

    public static IEnumerable<T> Skip<T>(this IEnumerable<T> source, int count)
    {
        foreach (T item in source)
        {
            if (count-- <= 0) yield return item;
        }
    }

    public static IEnumerable<T> Take<T>(this IEnumerable<T> source, int count)
    {
        if (count <= 0) yield break;
        foreach (T item in source)
        {
            yield return item;
            if (--count == 0) yield break;
        }
    }

    public static IEnumerable<(int Index, T Item)> Index<T>(this IEnumerable<T> source)
    {
        int index = 0;
        foreach (T item in source) yield return (index++, item);
    }

    public static IEnumerable<T> Distinct<T>(this IEnumerable<T> source)
    {
        HashSet<T> seen = [];
        foreach (T item in source)
        {
            if (seen.Add(item)) yield return item;
        }
    }

    public static IEnumerable<(T First, TOther Second)> Zip<T, TOther>(this IEnumerable<T> first, IEnumerable<TOther> second)
    {
        using IEnumerator<TOther> others = second.GetEnumerator();
        foreach (T item in first)
        {
            if (!others.MoveNext()) yield break;
            yield return (item, others.Current);
        }
    }

    public static T[] ToArray<T>(this IEnumerable<T> source) => [.. source.ToList()];

    public static List<T> ToList<T>(this IEnumerable<T> source) => new(source);
}
#endif
