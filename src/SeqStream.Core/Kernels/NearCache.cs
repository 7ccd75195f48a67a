using System.Runtime.Intrinsics.X86;

namespace SeqStream.Kernels;

/// <summary>The first-level data cache of this processor, by which kernels choose between ways that give the same bits at different speed.</summary>
internal static class NearCache
{
    private const int AmdCaches = unchecked((int)0x80000005), AmdHighest = unchecked((int)0x80000000);
    private const int IntelCaches = 4, DataCache = 1, FirstLevel = 1;

    /// <summary>Its size; 0 where the processor does not say.</summary>
    public static int Bytes { get; } = X86Base.IsSupported ? OfAmd() is > 0 and int bytes ? bytes : OfIntel() : 0;

    /// <summary>AMD's Architecture Programmer's Manual, volume 3, appendix E: function 8000_0005, ECX. Zero on others.</summary>
    private static int OfAmd() => (uint)X86Base.CpuId(AmdHighest, 0).Eax < unchecked((uint)AmdCaches) ? 0 : (X86Base.CpuId(AmdCaches, 0).Ecx >>> 24) * 1024;

    /// <summary>Intel's Software Developer's Manual, volume 2A, CPUID leaf 4: a cache for each subleaf, type and level in EAX.</summary>
    private static int OfIntel()
    {
        if (X86Base.CpuId(0, 0).Eax < IntelCaches) return 0;
        for (int index = 0; ; index++)
        {
            (int eax, int ebx, int ecx, _) = X86Base.CpuId(IntelCaches, index);
            if ((eax & 31) == 0) return 0;
            if ((eax & 31) == DataCache && (eax >> 5 & 7) == FirstLevel) return ((ebx >>> 22) + 1) * ((ebx >> 12 & 1023) + 1) * ((ebx & 4095) + 1) * (ecx + 1);
        }
    }
}
