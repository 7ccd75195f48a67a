using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace SeqStream.Mqtt.Connection;

/// <summary>Opens TLS over a stream, and says in words why it could not.</summary>
internal static class TlsHandshake
{
    public static async ValueTask<Stream> OpenAsync(Stream stream, string host, TlsOptions options, CancellationToken cancellation)
    {
        TlsVerdict verdict = new(options, host);
        SslStream tls = new(stream);
        SslClientAuthenticationOptions authentication = new()
        {
            TargetHost = options.ServerName ?? host,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            ClientCertificates = options.ClientCertificate is null ? null : [options.ClientCertificate],
            RemoteCertificateValidationCallback = verdict.Accepts,
        };
        try
        {
            await tls.AuthenticateAsClientAsync(authentication, cancellation).ConfigureAwait(false);
            return tls;
        }
        catch (Exception problem) when (problem is AuthenticationException or IOException)
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            throw new AuthenticationException(verdict.Refusal ?? Describe(problem), problem);
        }
        catch
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static string Describe(Exception problem)
        => $"TLS could not be opened: {(problem.InnerException ?? problem).Message} Check that the port speaks TLS 1.2 or newer and whether the broker wants a client certificate.";
}
