using System.Security.Cryptography.X509Certificates;

namespace SeqStream.Mqtt.Connection;

/// <summary>How a broker is verified and how the client presents itself. At least TLS 1.2; verification is on.</summary>
public sealed record TlsOptions
{
    /// <summary>The authorities to trust instead of the system's; empty (the default) for the system's.</summary>
    public X509Certificate2Collection Authorities { get; init; } = [];

    /// <summary>The client's certificate with its key, or null.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>The name that the broker's certificate must have; null for the host's.</summary>
    public string? ServerName { get; init; }

    /// <summary>True to accept any certificate. Only for experiments: anybody may then read and change everything. Default false.</summary>
    public bool SkipsVerification { get; init; }

    /// <summary>Reads certificates from PEM files.</summary>
    /// <param name="authorityFile">Authorities to trust, or null for the system's.</param>
    /// <param name="certificateFile">The client's certificate, or null.</param>
    /// <param name="keyFile">Its key; null if it stands in the same file.</param>
    /// <param name="keyPassword">Password of an encrypted key, or null.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">A file holds no such certificate or key.</exception>
    public static TlsOptions FromFiles(string? authorityFile, string? certificateFile = null, string? keyFile = null, string? keyPassword = null)
    {
        X509Certificate2Collection authorities = [];
        if (authorityFile is not null) authorities.ImportFromPemFile(authorityFile);
        return new TlsOptions
        {
            Authorities = authorities,
            ClientCertificate = certificateFile is null ? null : keyPassword is null ? X509Certificate2.CreateFromPemFile(certificateFile, keyFile) : X509Certificate2.CreateFromEncryptedPemFile(certificateFile, keyPassword, keyFile),
        };
    }
}
