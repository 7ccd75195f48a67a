using SeqStream.Audio.Samples;

namespace SeqStream.Audio.Wav;

/// <summary>What the header of a WAV file says.</summary>
/// <param name="Encoding">How samples are written.</param>
/// <param name="Format">Rate and channels.</param>
/// <param name="SampleBytes">Bytes of samples; null if the writer did not know, as when it wrote to a pipe.</param>
internal readonly record struct WavHeader(SampleEncoding Encoding, AudioFormat Format, long? SampleBytes);
