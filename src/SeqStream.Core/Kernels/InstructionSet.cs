namespace SeqStream.Kernels;

/// <summary>The vector instructions a kernel is written for.</summary>
public enum InstructionSet
{
    /// <summary>No vectors: plain code that is the specification of every other kernel.</summary>
    Scalar = 0,
    /// <summary>128-bit vectors: SSE on x86, AdvSimd on ARM.</summary>
    Vector128 = 128,
    /// <summary>256-bit vectors with fused multiply-add: AVX2 and FMA.</summary>
    Vector256 = 256,
    /// <summary>512-bit vectors: AVX-512.</summary>
    Vector512 = 512,
}
