using System.Runtime.CompilerServices;
using SeqStream.Native.Errors;

namespace SeqStream.Native.Handles;

/// <summary>
/// What handles of the C interface stand for. A handle is a place and the generation of its owner there, so that one that was freed, or was never given, is known as such. Looking one up
/// takes no lock; creating and freeing do.
/// </summary>
internal static class HandleTable
{
    private const int SegmentShift = 10;
    private const int SegmentPlaces = 1 << SegmentShift;
    private const int MostSegments = 1 << 12;
    private const uint MostPlaces = MostSegments * SegmentPlaces;
    private static readonly Place[]?[] s_segments = new Place[]?[MostSegments];
    private static readonly Lock s_growing = new();
    private static int s_used;
    private static int s_firstFree = -1;
    private static int s_live;

    /// <summary>Handles that are in use.</summary>
    public static int Live => Volatile.Read(ref s_live);

    /// <summary>Gives an object a handle.</summary>
    /// <exception cref="Refusal">There are too many.</exception>
    public static ulong Add(object target)
    {
        lock (s_growing)
        {
            int at = s_firstFree >= 0 ? s_firstFree : s_used;
            if (at >= MostPlaces) throw new Refusal(Status.OutOfMemory, $"There are {MostPlaces} handles in use, the most that are possible. Free some.");
            Place[] segment = s_segments[at >> SegmentShift] ??= new Place[SegmentPlaces];
            ref Place place = ref segment[at & (SegmentPlaces - 1)];
            if (at == s_firstFree) s_firstFree = place.NextFree;
            else s_used++;
            if (place.Generation == 0) place.Generation = 1;
            place.Target = target;
            Volatile.Write(ref place.Taken, 0);
            s_live++;
            return ((ulong)place.Generation << 32) | (uint)(at + 1);
        }
    }

    /// <summary>What a handle stands for, which other threads may use too; null if it stands for none of that kind.</summary>
    [HotPath]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T? Find<T>(ulong handle) where T : class
    {
        uint at = (uint)handle - 1;
        if (at >= MostPlaces) return null;
        Place[]? segment = s_segments[at >> SegmentShift];
        if (segment is null) return null;
        ref Place place = ref segment[at & (SegmentPlaces - 1)];
        object? target = Volatile.Read(ref place.Target);
        return place.Generation == (uint)(handle >> 32) ? target as T : null;
    }

    /// <summary>Takes what a handle stands for into the hands of this call alone. On Ok, <see cref="Leave"/> must follow.</summary>
    [HotPath]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Status TryEnter<T>(ulong handle, out T? target) where T : class
    {
        target = null;
        uint at = (uint)handle - 1;
        if (at >= MostPlaces) return Status.InvalidHandle;
        Place[]? segment = s_segments[at >> SegmentShift];
        if (segment is null) return Status.InvalidHandle;
        ref Place place = ref segment[at & (SegmentPlaces - 1)];
        uint generation = (uint)(handle >> 32);
        if (Volatile.Read(ref place.Generation) != generation || place.Target is not T) return Status.InvalidHandle;
        if (Interlocked.CompareExchange(ref place.Taken, 1, 0) != 0) return Status.Busy;
        target = place.Target as T;
        if (place.Generation == generation && target is not null) return Status.Ok;
        Volatile.Write(ref place.Taken, 0); // freed meanwhile
        return Status.InvalidHandle;
    }

    /// <summary>Ends what <see cref="TryEnter"/> began.</summary>
    [HotPath]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Leave(ulong handle)
    {
        uint at = (uint)handle - 1;
        Volatile.Write(ref s_segments[at >> SegmentShift]![at & (SegmentPlaces - 1)].Taken, 0);
    }

    /// <summary>Takes an object's handle away; the object is the caller's to dispose of.</summary>
    public static Status Remove<T>(ulong handle, out T? target) where T : class
    {
        Status status = TryEnter(handle, out target);
        if (status != Status.Ok) return status;
        int at = (int)((uint)handle - 1);
        lock (s_growing)
        {
            ref Place place = ref s_segments[at >> SegmentShift]![at & (SegmentPlaces - 1)];
            place.Target = null;
            place.Generation = place.Generation == uint.MaxValue ? 1 : place.Generation + 1;
            place.NextFree = s_firstFree;
            s_firstFree = at;
            s_live--;
            Volatile.Write(ref place.Taken, 0);
        }
        return Status.Ok;
    }

    private struct Place
    {
        public object? Target;
        public uint Generation;
        public int Taken;    // 1 while a call works on the target
        public int NextFree;
    }
}
