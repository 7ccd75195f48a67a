using System.Runtime.InteropServices;
using SeqStream.Audio.Samples;

namespace SeqStream.Audio.Alsa;

/// <summary>A capture handle of the machine's own libasound.</summary>
internal sealed unsafe class AlsaPcm : IAlsaPcm
{
    private nint _pcm;
    private int _frameBytes;

    public int Open(string device)
    {
        try
        {
            AlsaLibrary.Silence();
            return AlsaLibrary.Open(out _pcm, device, AlsaLibrary.StreamCapture, mode: 0);
        }
        catch (DllNotFoundException problem)
        {
            throw AudioThrow.AlsaLibraryAbsent(problem);
        }
    }

    public int SetParameters(AlsaSettings settings, TimeSpan buffer, TimeSpan period)
    {
        _frameBytes = settings.FrameBytes;
        int error = AlsaLibrary.AllocateParameters(out nint parameters);
        if (error < 0) return error;
        error = Ask(parameters, settings, (uint)buffer.TotalMicroseconds, (uint)period.TotalMicroseconds);
        AlsaLibrary.FreeParameters(parameters);
        return error;
    }

    public int Start() => AlsaLibrary.Start(_pcm);

    public int Wait(TimeSpan limit) => AlsaLibrary.Wait(_pcm, (int)limit.TotalMilliseconds);

    public int Read(Span<byte> bytes, int frames)
    {
        frames = Math.Min(frames, bytes.Length / _frameBytes);
        fixed (byte* buffer = bytes) return (int)AlsaLibrary.ReadInterleaved(_pcm, buffer, (nuint)frames);
    }

    public long Available() => AlsaLibrary.Available(_pcm);

    public int Recover(int error) => AlsaLibrary.Recover(_pcm, error, silent: 1);

    public string Describe(int error) => Marshal.PtrToStringUTF8((nint)AlsaLibrary.Describe(error)) ?? "an unknown error";

    public void Dispose()
    {
        if (_pcm == 0) return;
        _ = AlsaLibrary.Drop(_pcm);
        _ = AlsaLibrary.Close(_pcm);
        _pcm = 0;
    }

    /// <summary>The format must be exact, because what differs is converted here, where losses are counted; buffer and period may be what the device has.</summary>
    private int Ask(nint parameters, AlsaSettings settings, uint buffer, uint period)
    {
        int direction = 0;
        int error = AlsaLibrary.FillParameters(_pcm, parameters);
        if (error >= 0) error = AlsaLibrary.SetResampling(_pcm, parameters, isAllowed: 0);
        if (error >= 0) error = AlsaLibrary.SetAccess(_pcm, parameters, AlsaLibrary.AccessInterleaved);
        if (error >= 0) error = AlsaLibrary.SetFormat(_pcm, parameters, FormatOf(settings.Encoding));
        if (error >= 0) error = AlsaLibrary.SetChannels(_pcm, parameters, (uint)settings.Format.Channels);
        if (error >= 0) error = AlsaLibrary.SetRate(_pcm, parameters, (uint)settings.Format.RateHz, direction);
        if (error >= 0) error = AlsaLibrary.SetBufferTime(_pcm, parameters, ref buffer, ref direction);
        direction = 0;
        if (error >= 0) error = AlsaLibrary.SetPeriodTime(_pcm, parameters, ref period, ref direction);
        return error < 0 ? error : AlsaLibrary.Apply(_pcm, parameters);
    }

    /// <summary>The numbers of alsa-lib's enum snd_pcm_format_t.</summary>
    private static int FormatOf(SampleEncoding encoding) => encoding switch
    {
        SampleEncoding.S16 => 2,
        SampleEncoding.S24 => 32,
        SampleEncoding.S32 => 10,
        SampleEncoding.U8 => 1,
        SampleEncoding.F32 => 14,
        SampleEncoding.F64 => 16,
        SampleEncoding.MuLaw => 20,
        _ => 21,
    };
}
