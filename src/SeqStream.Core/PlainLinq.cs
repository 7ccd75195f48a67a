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

    public static PlainOrder<T> Order<T>(this IEnumerable<T> source, IComparer<T>? comparer = null) => source.OrderBy(static item => item, comparer);

    public static PlainOrder<T> OrderBy<T, TKey>(this IEnumerable<T> source, Func<T, TKey> key, IComparer<TKey>? comparer = null) => new(source, PlainOrder<T>.By(key, comparer));

    public static PlainOrder<T> OrderByDescending<T, TKey>(this IEnumerable<T> source, Func<T, TKey> key) => new(source, PlainOrder<T>.Against(key));

    public static T[] ToArray<T>(this IEnumerable<T> source) => Enumerable.ToArray(source);

    public static List<T> ToList<T>(this IEnumerable<T> source) => new(source);
}

/// <summary>A sequence in the order of its keys; items with equal keys stay as they came.</summary>
internal sealed class PlainOrder<T>(IEnumerable<T> source, Comparison<T> comparison) : IEnumerable<T>
{
    public static Comparison<T> By<TKey>(Func<T, TKey> key, IComparer<TKey>? comparer = null)
    {
        comparer ??= Comparer<TKey>.Default;
        return (a, b) => comparer.Compare(key(a), key(b));
    }

    public static Comparison<T> Against<TKey>(Func<T, TKey> key) => (a, b) => Comparer<TKey>.Default.Compare(key(b), key(a));

    public PlainOrder<T> ThenBy<TKey>(Func<T, TKey> key, IComparer<TKey>? comparer = null) => Then(By(key, comparer));

    public PlainOrder<T> ThenByDescending<TKey>(Func<T, TKey> key) => Then(Against(key));

    public IEnumerator<T> GetEnumerator()
    {
        List<T> items = new(source);
        int[] places = new int[items.Count];
        for (int place = 0; place < places.Length; place++) places[place] = place;
        Array.Sort(places, (a, b) =>
        {
            int order = comparison(items[a], items[b]);
            return order != 0 ? order : a - b;
        });
        foreach (int place in places) yield return items[place];
    }

    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();

    private PlainOrder<T> Then(Comparison<T> next) => new(source, (a, b) =>
    {
        int order = comparison(a, b);
        return order != 0 ? order : next(a, b);
    });
}
#endif
