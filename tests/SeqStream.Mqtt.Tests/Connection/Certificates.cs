using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SeqStream.Mqtt.Tests.Connection;

/// <summary>Certificates made for one test.</summary>
internal static class Certificates
{
    public static X509Certificate2 Authority(string name)
    {
        using RSA key = RSA.Create(2048);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-10), DateTimeOffset.UtcNow.AddDays(10));
    }

    /// <summary>A certificate for a name, signed by an authority or (without one) by itself.</summary>
    public static X509Certificate2 For(string name, X509Certificate2? authority, bool isExpired = false)
    {
        using RSA key = RSA.Create(2048);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        SubjectAlternativeNameBuilder names = new();
        if (IPAddress.TryParse(name, out IPAddress? address)) names.AddIpAddress(address);
        else names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        DateTimeOffset from = DateTimeOffset.UtcNow.AddDays(-5), until = DateTimeOffset.UtcNow.AddDays(isExpired ? -1 : 5);
        if (authority is null) return Keep(request.CreateSelfSigned(from, until));
        using X509Certificate2 bare = request.Create(authority, from, until, RandomNumberGenerator.GetBytes(8));
        using X509Certificate2 signed = bare.CopyWithPrivateKey(key);
        return Keep(signed);
    }

    /// <summary>A key that the platform's TLS can use.</summary>
    private static X509Certificate2 Keep(X509Certificate2 certificate) => X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
}
