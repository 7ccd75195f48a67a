using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace SeqStream.Mqtt.Connection;

/// <summary>Opens TLS over a stream, and says in words why it could not.</summary>
internal static class TlsHandshake
{
    public static async ValueTask<Stream> OpenAsync(Stream stream, string host, TlsOptions options, CancellationToken cancellation)
    {
        string? refusal = null;
        SslStream tls = new(stream);
        SslClientAuthenticationOptions authentication = new()
        {
            TargetHost = options.ServerName ?? host,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            ClientCertificates = options.ClientCertificate is null ? null : [options.ClientCertificate],
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) => (refusal = Refusal(options, certificate, chain, errors, host)) is null,
        };
        try
        {
            await tls.AuthenticateAsClientAsync(authentication, cancellation).ConfigureAwait(false);
            return tls;
        }
        catch (Exception problem) when (problem is AuthenticationException or IOException)
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            throw new AuthenticationException(refusal ?? Describe(problem), problem);
        }
        catch
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static string Describe(Exception problem)
        => $"TLS could not be opened: {(problem.InnerException ?? problem).Message} Check that the port speaks TLS 1.2 or newer and whether the broker wants a client certificate.";

    /// <summary>Says why the broker's certificate is not accepted, or null.</summary>
    private static string? Refusal(TlsOptions options, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors, string host)
    {
        if (options.SkipsVerification) return null;
        if (certificate is null) return "the broker shows no certificate. Give it one.";
        if ((errors & SslPolicyErrors.RemoteCertificateNameMismatch) != 0)
            return $"the broker's certificate is for '{certificate.Subject}', not for '{options.ServerName ?? host}'. Use the name in the certificate, or give the broker the right one.";
        if (options.Authorities.Count == 0) return (errors & SslPolicyErrors.RemoteCertificateChainErrors) == 0 ? null : ChainProblem(certificate, chain);
        using X509Chain own = new();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.CustomTrustStore.AddRange(options.Authorities);
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        if (chain is not null)
        {
            foreach (X509ChainElement element in chain.ChainElements) own.ChainPolicy.ExtraStore.Add(element.Certificate);
        }
        using X509Certificate2 leaf = new(certificate);
        return own.Build(leaf) ? null : ChainProblem(certificate, own);
    }

    private static string ChainProblem(X509Certificate certificate, X509Chain? chain)
    {
        X509ChainStatusFlags flags = X509ChainStatusFlags.NoError;
        foreach (X509ChainStatus status in chain?.ChainStatus ?? []) flags |= status.Status;
        string subject = certificate.Subject;
        if ((flags & X509ChainStatusFlags.NotTimeValid) != 0) return $"the broker's certificate '{subject}' is expired or not valid yet (valid until {certificate.GetExpirationDateString()}). Renew it, or set the clock.";
        if (certificate.Subject == certificate.Issuer) return $"the broker's certificate '{subject}' is signed by itself. Trust it by naming it as the authority file.";
        if ((flags & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) != 0) return $"the broker's certificate '{subject}' is signed by '{certificate.Issuer}', which is not trusted. Name that authority's file.";
        return $"the broker's certificate '{subject}' is not accepted ({flags}). Renew it.";
    }
}
