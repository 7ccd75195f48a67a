using System.Runtime.InteropServices;

namespace SeqStream.Audio.Alsa;

/// <summary>The functions of ALSA's library that capture needs; names and meanings are alsa-lib's.</summary>
internal static unsafe partial class AlsaLibrary
{
    private const string Asound = "libasound.so.2";

    public const int StreamCapture = 1;
    public const int AccessInterleaved = 3;

    [LibraryImport(Asound, EntryPoint = "snd_pcm_open", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(out nint pcm, string name, int stream, int mode);

    [LibraryImport(Asound, EntryPoint = "snd_pcm_hw_params_malloc")]
    public static partial int AllocateParameters(out nint parameters);

    [LibraryImport(Asound, EntryPoint = "snd_pcm_hw_params_free")]
    public static partial void FreeParameters(nint parameters);

    [LibraryImport(Asound, EntryPoint = "snd_pcm_hw_params_any")]
    public static partial int FillParameters(nint pcm, nint parameters);

    [LibraryImport(Asound, EntryPoint = "snd_pcm_hw_params_set_rate_resample")]
    public static partial int SetResampling(nint pcm, nint parameters, uint isAllowed);

    [LibraryImport(Asound, EntryPoint = "snd_pcm_hw_params_set_access")]
    public static partial int SetAccess(nint pcm, nint parameters, int access);

    [LibraryImport(Asound, EntryPoint = "snd_pcm_hw_params_set_format")]
    public static partial int SetFormat(nint pcm, nint parameters, int format);

    [LibraryImport(Asound, EntryPoint = "snd_pcm_hw_params_set_channels")]
    public static partial int SetChannels(nint pcm, nint parameters, uint channels);

    [LibraryImport(Asound, EntryPoint = "snd_pcm_hw_params_set_rate")]
    public static partial int SetRate(nint pcm, nint parameters, uint rate, int direction);

    [LibraryImport(Asound, EntryPoint = "snd_pcm_hw_params_set_buffer_time_near")]
    public static partial int SetBufferTime(nint pcm, nint parameters, ref uint microseconds, ref int direction);

    [LibraryImport(Asound, EntryPoint = "snd_pcm_hw_params_set_period_time_near")]
    public static partial int SetPeriodTime(nint pcm, nint parameters, ref uint microseconds, ref int direction);

    [LibraryImport(Asound, EntryPoint = "snd_pcm_hw_params")]
    public static partial int Apply(nint pcm, nint parameters);

    [LibraryImport(Asound, EntryPoint = "snd_pcm_start")]
    public static partial int Start(nint pcm);

    [LibraryImport(Asound, EntryPoint = "snd_pcm_wait")]
    public static partial int Wait(nint pcm, int milliseconds);

    [LibraryImport(Asound, EntryPoint = "snd_pcm_readi")]
    public static partial nint ReadInterleaved(nint pcm, byte* buffer, nuint frames);

    [LibraryImport(Asound, EntryPoint = "snd_pcm_avail_update")]
    public static partial nint Available(nint pcm);

    [LibraryImport(Asound, EntryPoint = "snd_pcm_recover")]
    public static partial int Recover(nint pcm, int error, int silent);

    [LibraryImport(Asound, EntryPoint = "snd_pcm_drop")]
    public static partial int Drop(nint pcm);

    [LibraryImport(Asound, EntryPoint = "snd_pcm_close")]
    public static partial int Close(nint pcm);

    [LibraryImport(Asound, EntryPoint = "snd_strerror")]
    public static partial byte* Describe(int error);

    [LibraryImport(Asound, EntryPoint = "snd_device_name_hint", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int GetHints(int card, string kind, out void** hints);

    [LibraryImport(Asound, EntryPoint = "snd_device_name_get_hint", StringMarshalling = StringMarshalling.Utf8)]
    public static partial byte* GetHint(void* hint, string id);

    [LibraryImport(Asound, EntryPoint = "snd_device_name_free_hint")]
    public static partial int FreeHints(void** hints);

    [LibraryImport(Asound, EntryPoint = "snd_lib_error_set_handler")]
    public static partial int SetErrorHandler(delegate* unmanaged[Cdecl]<byte*, int, byte*, int, byte*, void> handler);

    [LibraryImport("libc", EntryPoint = "free")]
    public static partial void Free(void* memory);

    /// <summary>ALSA writes its complaints to standard error; here they come back as error numbers, so it is kept quiet.</summary>
    public static void Silence() => _ = SetErrorHandler(&Ignore);

    [UnmanagedCallersOnly(CallConvs = [typeof(System.Runtime.CompilerServices.CallConvCdecl)])]
    private static void Ignore(byte* file, int line, byte* function, int error, byte* format)
    {
    }
}
