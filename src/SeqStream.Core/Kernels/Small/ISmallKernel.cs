namespace SeqStream.Kernels.Small;

/// <summary>The products of one form on one instruction set, as a type: what <see cref="SmallLayer{TV,TSimd,TCell,TKernel}"/> and <see cref="SmallDense{TV,TSimd,TKernel}"/> need of it.</summary>
internal unsafe interface ISmallKernel
{
    /// <summary>Lanes of a full tile.</summary>
    static abstract int TileLanes { get; }

    /// <summary>Chunks of a full panel, at most 4.</summary>
    static abstract int PanelChunks { get; }

    /// <summary>Packs a layer whose gates are computed on vectors of <paramref name="width"/> floats into memory that the caller keeps alive.</summary>
    static abstract PackedSmall Pack(SmallShape shape, int width, out AlignedBuffer memory);

    /// <summary>Writes the activations of one lane as the products read them: in the kernel's own form, filled up with zeros.</summary>
    /// <param name="packed">The layer.</param>
    /// <param name="x">[inputs]</param>
    /// <param name="h">[units]</param>
    /// <param name="to">[<see cref="PackedSmall.RowBytes"/>]</param>
    static abstract void Gather(in PackedSmall packed, float* x, float* h, byte* to);

    /// <summary>The sums of one lane and up to <see cref="PanelChunks"/> chunks.</summary>
    /// <param name="packed">The layer.</param>
    /// <param name="chunk">The first chunk.</param>
    /// <param name="count">Chunks.</param>
    /// <param name="row">Gathered activations.</param>
    /// <param name="sums">[count, 4, N], written</param>
    static abstract void Panel(in PackedSmall packed, int chunk, int count, byte* row, float* sums);

    /// <summary>The sums of up to <see cref="TileLanes"/> lanes and one chunk.</summary>
    /// <param name="packed">The layer.</param>
    /// <param name="chunk">The chunk.</param>
    /// <param name="lanes">Lanes.</param>
    /// <param name="rows">[lanes] gathered activations</param>
    /// <param name="sums">[lanes, 4, N], written</param>
    static abstract void Tile(in PackedSmall packed, int chunk, int lanes, byte* rows, float* sums);
}
