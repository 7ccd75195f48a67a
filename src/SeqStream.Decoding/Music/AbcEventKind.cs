namespace SeqStream.Decoding.Music;

/// <summary>What an <see cref="AbcEvent"/> is.</summary>
internal enum AbcEventKind
{
    /// <summary>Notes that sound together, or a rest if there are none.</summary>
    Sound,
    /// <summary>A chord name.</summary>
    Chord,
    /// <summary>A plain bar line.</summary>
    Bar,
    /// <summary>A double bar line: a section ends.</summary>
    Section,
    /// <summary>What is repeated begins.</summary>
    RepeatStart,
    /// <summary>What is repeated ends.</summary>
    RepeatEnd,
    /// <summary>From here until the repeat ends only in certain passes.</summary>
    Ending,
    /// <summary>A new tempo.</summary>
    Tempo,
}
