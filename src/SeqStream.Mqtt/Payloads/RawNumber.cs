namespace SeqStream.Mqtt.Payloads;

/// <summary>How raw numbers are written, little-endian.</summary>
public enum RawNumber
{
    /// <summary>float32.</summary>
    Float32,
    /// <summary>Signed 16 bits; 32768 stands for 1.</summary>
    Int16,
}
