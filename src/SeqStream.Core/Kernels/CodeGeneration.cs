using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace SeqStream.Kernels;

/// <summary>What kernels ask of the compiler and of the machine.</summary>
internal static unsafe class CodeGeneration
{
    /// <summary>
    /// A kernel is compiled once, fully, at its first call. Otherwise it would start unoptimised (30 to 70 times slower) and wait for a
    /// background compilation, for seconds where one core serves both.
    /// </summary>
    public const MethodImplOptions Kernel = MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining;

    /// <summary>True where kernels of 512 bits run. The three tests are constants to the compiler: what a level of the native build does not run is not in it.</summary>
    public static bool Has512
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector512.IsHardwareAccelerated && Avx512F.VL.IsSupported;
    }

    /// <summary>True where kernels of 256 bits run.</summary>
    public static bool Has256
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector256.IsHardwareAccelerated && Fma.IsSupported && !(IsOneLevel && Has512);
    }

    /// <summary>True where kernels of 128 bits run.</summary>
    public static bool Has128
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector128.IsHardwareAccelerated && !(IsOneLevel && (Has512 || Has256));
    }

#if NATIVE_LEG
    private const bool IsOneLevel = true;
#else
    private const bool IsOneLevel = false;
#endif

    /// <summary>32 vector registers (AVX-512 encodings or ARM) instead of 16.</summary>
    public static bool HasManyRegisters
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => AdvSimd.IsSupported || Avx512F.VL.IsSupported;
    }

    /// <summary>The same for products of bytes: instructions that AVX2 and VNNI have in their older encoding alone reach 16 registers.</summary>
    public static bool HasManyByteRegisters
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
#if NET10_0_OR_GREATER
        get => AdvSimd.IsSupported || (AvxVnni.IsSupported && Avx512Vbmi2.VL.IsSupported); // came together with VNNI in the newer encoding
#else
        get => AdvSimd.IsSupported;
#endif
    }

    /// <summary>Asks for a cache line where the machine has such a request.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(void* p)
    {
        if (Sse.IsSupported) Sse.Prefetch0(p);
    }
}
