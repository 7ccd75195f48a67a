using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using SeqStream.Mqtt.Client;
using SeqStream.Mqtt.Connection;
using SeqStream.Mqtt.Tests.Brokers;

namespace SeqStream.Mqtt.Tests.Connection;

/// <summary>Brokers that do not prove who they are are refused, and the message says why.</summary>
public sealed class TlsTests
{
    private const string Host = "127.0.0.1";

    [Fact]
    public async Task Broker_with_a_trusted_certificate_is_accepted()
    {
        using X509Certificate2 authority = Certificates.Authority("trusted");
        using X509Certificate2 certificate = Certificates.For(Host, authority);

        Assert.Null(await ConnectAsync(certificate, new TlsOptions { Authorities = [authority] }));
    }

    [Fact]
    public async Task Expired_certificate_is_refused()
    {
        using X509Certificate2 authority = Certificates.Authority("trusted");
        using X509Certificate2 certificate = Certificates.For(Host, authority, isExpired: true);

        Assert.Contains("is expired or not valid yet", await ConnectAsync(certificate, new TlsOptions { Authorities = [authority] }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Certificate_of_another_host_is_refused()
    {
        using X509Certificate2 authority = Certificates.Authority("trusted");
        using X509Certificate2 certificate = Certificates.For("elsewhere.example", authority);

        Assert.Contains("is for 'CN=elsewhere.example', not for '127.0.0.1'", await ConnectAsync(certificate, new TlsOptions { Authorities = [authority] }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Certificate_of_another_authority_is_refused()
    {
        using X509Certificate2 authority = Certificates.Authority("trusted");
        using X509Certificate2 fake = Certificates.Authority("fake");
        using X509Certificate2 certificate = Certificates.For(Host, fake);

        Assert.Contains("is signed by 'CN=fake', which is not trusted", await ConnectAsync(certificate, new TlsOptions { Authorities = [authority] }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Certificate_signed_by_itself_is_refused_with_the_systems_authorities()
    {
        using X509Certificate2 certificate = Certificates.For(Host, null);

        Assert.Contains("is signed by itself", await ConnectAsync(certificate, new TlsOptions()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_client_certificate_is_refused_by_the_broker_and_a_given_one_accepted()
    {
        using X509Certificate2 authority = Certificates.Authority("trusted");
        using X509Certificate2 certificate = Certificates.For(Host, authority);
        using X509Certificate2 client = Certificates.For("client", authority);
        TlsOptions tls = new() { Authorities = [authority] };

        Assert.NotNull(await ConnectAsync(certificate, tls, wantsClient: true));
        Assert.Null(await ConnectAsync(certificate, tls with { ClientCertificate = client }, wantsClient: true));
    }

    [Fact]
    public async Task Encrypted_client_key_is_opened_with_its_password()
    {
        string folder = Directory.CreateTempSubdirectory("seqstream-tls-").FullName;
        using X509Certificate2 authority = Certificates.Authority("trusted");
        using X509Certificate2 certificate = Certificates.For(Host, authority);
        using X509Certificate2 client = Certificates.For("client", authority);
        using System.Security.Cryptography.RSA key = client.GetRSAPrivateKey()!;
        string pem = Path.Combine(folder, "client.pem"), file = Path.Combine(folder, "client.key");
        await File.WriteAllTextAsync(pem, client.ExportCertificatePem());
        await File.WriteAllTextAsync(file, key.ExportEncryptedPkcs8PrivateKeyPem("word", new System.Security.Cryptography.PbeParameters(System.Security.Cryptography.PbeEncryptionAlgorithm.Aes256Cbc, System.Security.Cryptography.HashAlgorithmName.SHA256, 1000)));
        TlsOptions tls = TlsOptions.FromFiles(null, pem, file, "word") with { Authorities = [authority] };

        Assert.Null(await ConnectAsync(certificate, tls, wantsClient: true));
        Assert.ThrowsAny<System.Security.Cryptography.CryptographicException>(() => TlsOptions.FromFiles(null, pem, file, "wrong"));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Old_version_of_TLS_is_refused()
    {
        using X509Certificate2 authority = Certificates.Authority("trusted");
        using X509Certificate2 certificate = Certificates.For(Host, authority);
#pragma warning disable SYSLIB0039, CA5397 // that the old version is refused is the test
        string? refusal = await ConnectAsync(certificate, new TlsOptions { Authorities = [authority] }, protocols: SslProtocols.Tls11);
#pragma warning restore SYSLIB0039, CA5397

        Assert.Contains("TLS 1.2", refusal, StringComparison.Ordinal);
    }

    /// <summary>Null if the client could connect, otherwise why not.</summary>
    private static async Task<string?> ConnectAsync(X509Certificate2 certificate, TlsOptions tls, bool wantsClient = false, SslProtocols protocols = SslProtocols.Tls12)
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Task serving = ServeAsync(listener, certificate, wantsClient, protocols);
        Observed observed = new();
        MqttOptions options = new() { ClientId = "tls" };
        await using MqttClient client = new(options, new TcpTransport(Host, ((IPEndPoint)listener.LocalEndpoint).Port, tls), observer: observed);
        try
        {
            await client.ConnectAsync().WaitAsync(Clients.Patience);
            return null;
        }
        catch (MqttConnectException refusal)
        {
            return $"{refusal.Label}: {refusal.Message}";
        }
        finally
        {
            await client.DisposeAsync();
            await serving.WaitAsync(Clients.Patience);
        }
    }

    private static async Task ServeAsync(TcpListener listener, X509Certificate2 certificate, bool wantsClient, SslProtocols protocols)
    {
        using TcpClient accepted = await listener.AcceptTcpClientAsync();
        try
        {
            await using SslStream stream = new(accepted.GetStream(), false, (_, presented, _, _) => !wantsClient || presented is not null);
            await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate, ClientCertificateRequired = wantsClient, EnabledSslProtocols = protocols });
            byte[] hello = new byte[256];
            await stream.ReadAtLeastAsync(hello, 2);
            await stream.WriteAsync(ScriptedBroker.Bytes("20 03 00 00 00"));
            while (await stream.ReadAsync(hello) > 0)
            {
            }
        }
        catch (Exception problem) when (problem is AuthenticationException or IOException or System.ComponentModel.Win32Exception)
        {
        }
    }
}
