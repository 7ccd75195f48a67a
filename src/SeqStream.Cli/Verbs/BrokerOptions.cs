using System.CommandLine;
using SeqStream.Mqtt.Routing;

namespace SeqStream.Cli.Verbs;

/// <summary>Credentials for brokers, so that they need not stand in a URI.</summary>
internal sealed class BrokerOptions
{
    private readonly Option<string?> _user = new("--mqtt-user") { Description = "User name for brokers whose URI has none.", HelpName = "NAME" };
    private readonly Option<string?> _passwordFile = new("--mqtt-password-file") { Description = "File with the password that goes with it.", HelpName = "FILE" };

    /// <summary>Adds them to a verb.</summary>
    public void AddTo(Command verb)
    {
        verb.Options.Add(_user);
        verb.Options.Add(_passwordFile);
    }

    /// <summary>The broker that a URI names; null if it names none.</summary>
    public MqttUri? Find(ParseResult parsed, string uri)
        => MqttUri.IsOne(uri) ? MqttUri.Parse(uri).WithCredentials(parsed.GetValue(_user), parsed.GetValue(_passwordFile)) : null;
}
