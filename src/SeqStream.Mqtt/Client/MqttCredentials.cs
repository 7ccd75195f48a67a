using System.Text;

namespace SeqStream.Mqtt.Client;

/// <summary>User name and password. Neither is ever printed.</summary>
public sealed class MqttCredentials
{
    /// <summary>Creates credentials.</summary>
    /// <param name="user">The user name.</param>
    /// <param name="password">The password, or null.</param>
    public MqttCredentials(string user, string? password)
    {
        User = user;
        Password = password is null ? null : Encoding.UTF8.GetBytes(password);
    }

    internal string User { get; }

    internal byte[]? Password { get; }

    /// <summary><c>(hidden)</c>.</summary>
    public override string ToString() => "(hidden)";
}
