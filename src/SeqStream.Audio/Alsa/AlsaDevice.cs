namespace SeqStream.Audio.Alsa;

/// <summary>A sound device that can be captured from.</summary>
/// <param name="Name">ALSA's name, to be written after <c>alsa:</c>.</param>
/// <param name="Description">What people call it.</param>
public sealed record AlsaDevice(string Name, string Description);
