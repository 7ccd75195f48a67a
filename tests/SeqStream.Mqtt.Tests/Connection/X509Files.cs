using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SeqStream.Mqtt.Tests.Connection;

/// <summary>An authority and certificates of its making as PEM files.</summary>
internal sealed class X509Files : IDisposable
{
    private readonly string _folder;
    private readonly X509Certificate2 _authority = Certificates.Authority("test authority");

    public X509Files(string folder)
    {
        _folder = folder;
        File.WriteAllText(Path.Combine(folder, "ca.pem"), _authority.ExportCertificatePem());
    }

    public void Write(string file, string name)
    {
        using X509Certificate2 certificate = Certificates.For(name, _authority);
        using RSA key = certificate.GetRSAPrivateKey()!;
        File.WriteAllText(Path.Combine(_folder, file + ".pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(_folder, file + ".key"), PemEncoding.WriteString("PRIVATE KEY", RSAOf(key)));
    }

    public void Dispose() => _authority.Dispose();

    /// <summary>Keys from PKCS #12 may be exported only encrypted; decrypted again they can be written.</summary>
    private static byte[] RSAOf(RSA key)
    {
        byte[] encrypted = key.ExportEncryptedPkcs8PrivateKey("x", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));
        using RSA copy = RSA.Create();
        copy.ImportEncryptedPkcs8PrivateKey("x", encrypted, out _);
        return copy.ExportPkcs8PrivateKey();
    }
}
