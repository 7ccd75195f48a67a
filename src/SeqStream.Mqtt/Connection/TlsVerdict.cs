using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace SeqStream.Mqtt.Connection;

/// <summary>Judges a broker's certificate and remembers why it was refused.</summary>
internal sealed class TlsVerdict(TlsOptions options, string host)
{
    /// <summary>Why the certificate is not accepted; null if it is.</summary>
    public string? Refusal { get; private set; }

    public bool Accepts(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) => (Refusal = Judge(certificate, chain, errors)) is null;

    private string? Judge(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
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
