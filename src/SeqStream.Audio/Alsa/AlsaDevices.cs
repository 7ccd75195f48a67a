using System.Runtime.InteropServices;

namespace SeqStream.Audio.Alsa;

/// <summary>The sound devices of this machine.</summary>
public static unsafe class AlsaDevices
{
    /// <summary>True if ALSA's library is there.</summary>
    public static bool IsAvailable
    {
        get
        {
            if (!OperatingSystem.IsLinux() || !NativeLibrary.TryLoad("libasound.so.2", out nint library)) return false;
            NativeLibrary.Free(library);
            return true;
        }
    }

    /// <summary>Devices that can be captured from, in ALSA's order; empty if there are none or ALSA's library is absent.</summary>
    public static IReadOnlyList<AlsaDevice> List()
    {
        List<AlsaDevice> devices = [];
        if (!IsAvailable) return devices;
        AlsaLibrary.Silence();
        if (AlsaLibrary.GetHints(-1, "pcm", out void** hints) < 0) return devices;
        for (void** hint = hints; *hint != null; hint++)
        {
            string direction = Hint(*hint, "IOID"); // "Input", "Output", or nothing for both
            if (direction == "Output") continue;
            devices.Add(new AlsaDevice(Hint(*hint, "NAME"), Hint(*hint, "DESC").Replace("\n", ", ", StringComparison.Ordinal)));
        }
        _ = AlsaLibrary.FreeHints(hints);
        return devices;
    }

    private static string Hint(void* hint, string id)
    {
        byte* text = AlsaLibrary.GetHint(hint, id);
        if (text == null) return "";
        string value = Marshal.PtrToStringUTF8((nint)text) ?? "";
        AlsaLibrary.Free(text);
        return value;
    }
}
