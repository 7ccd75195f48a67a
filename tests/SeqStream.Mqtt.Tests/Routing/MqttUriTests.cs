using SeqStream.Mqtt.Client;
using SeqStream.Mqtt.Protocol;
using SeqStream.Mqtt.Routing;

namespace SeqStream.Mqtt.Tests.Routing;

public sealed class MqttUriTests
{
    [Fact]
    public void Uri_gives_broker_topic_and_options()
    {
        MqttUri uri = MqttUri.Parse("mqtts://us%40er:p%3Aw@[::1]:99/sensors/{stream}/a+b?qos=2&client=c-1&session=2h&version=3.1.1&window=7&keepalive=5m&insecure");
        MqttOptions options = uri.ClientOptions();
        Assert.Equal(QualityOfService.ExactlyOnce, uri.Quality(QualityOfService.AtMostOnce));
        uri.Transport();
        uri.Complete();

        Assert.Equal(("mqtts", "::1", 99, "sensors/{stream}/a+b"), (uri.Scheme, uri.Host, uri.Port, uri.Topic));
        Assert.Equal(("c-1", TimeSpan.FromHours(2), MqttVersion.V311, 7, TimeSpan.FromMinutes(5)), (options.ClientId, options.SessionExpiry, options.Version, options.ReceiveMaximum, options.KeepAlive));
        Assert.Equal("us@er", options.Credentials!.User);
        Assert.Equal("p:w"u8.ToArray(), options.Credentials.Password);
    }

    [Fact]
    public void Secrets_are_never_printed()
    {
        MqttUri uri = MqttUri.Parse("mqtt://user:secret@host/t");
        string refusal = Assert.Throws<ArgumentException>(() => MqttFeed.Create("mqtt://user:secret@host/t?qos=9")).Message;

        Assert.Equal("mqtt://host:1883/t", uri.ToString());
        Assert.DoesNotContain("secret", uri.ClientOptions().ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("user", refusal, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void All_problems_are_told_together()
    {
        string refusal = Assert.Throws<ArgumentException>(() => MqttFeed.Create("mqtt://host/$share/g/x?qos=3&window=0&keepalive=soon&version=4&payload=xml&retain=true&ca=/no/such/file")).Message;

        foreach (string part in (string[])["'mqtt://host:1883/$share/g/x' cannot be used", "qos is '3', expected a whole number from 0 to 2", "window is '0'", "keepalive is 'soon', expected a duration", "version is '4', expected one of 5, 3.1.1", "'xml' is no payload format", "'retain' is no option", "need TLS", "$share"])
            Assert.Contains(part, refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mqtts://h/t?ca=/no/such/file", "Could not find a part of the path '/no/such/file'")]
    [InlineData("mqtts://h/t?cert=/dev/null", "The certificate contents do not contain a PEM with a CERTIFICATE label")]
    [InlineData("mqtt://h/t?password-file=/no/such/file", "Could not find a part of the path '/no/such/file'")]
    [InlineData("mqtt://h/t?will=a/%23", "will: the topic 'a/#' holds a wildcard")]
    public void File_or_will_that_cannot_be_used_is_named(string uri, string problem) => Assert.Contains(problem, Assert.Throws<ArgumentException>(() => MqttFeed.Create(uri)).Message, StringComparison.Ordinal);

    [Fact]
    public void Will_is_kept_by_the_broker_unless_told_otherwise()
    {
        WillMessage usual = MqttUri.Parse("mqtt://h/t?will=w").ClientOptions().Will!, other = MqttUri.Parse("mqtt://h/t?will=w&will-message=gone&will-qos=1&will-retain=false").ClientOptions().Will!;

        Assert.Equal(("w", "offline", QualityOfService.AtMostOnce, true), (usual.Topic, System.Text.Encoding.UTF8.GetString(usual.Payload.Span), usual.Quality, usual.IsRetained));
        Assert.Equal(("w", "gone", QualityOfService.AtLeastOnce, false), (other.Topic, System.Text.Encoding.UTF8.GetString(other.Payload.Span), other.Quality, other.IsRetained));
    }

    [Fact]
    public void Node_has_a_will_of_its_own()
        => Assert.Contains("will and node exclude each other", Assert.Throws<ArgumentException>(() => MqttSink.Create("mqtt://h/t?will=w&node=n")).Message, StringComparison.Ordinal);

    [Fact]
    public void Credentials_from_outside_give_way_to_those_of_the_uri()
    {
        string User(string uri) => MqttUri.Parse(uri).WithCredentials("outside", null).ClientOptions().Credentials!.User;

        Assert.Equal(("outside", "a", "b"), (User("mqtt://h/t"), User("mqtt://a:x@h/t"), User("mqtt://h/t?user=b")));
    }

    [Theory]
    [InlineData("http://host/t")]
    [InlineData("mqtt:///t")]
    [InlineData("mqtt://host:0/t")]
    [InlineData("mqtt://host:x/t")]
    public void Other_uris_are_refused(string uri) => Assert.StartsWith("This is no URI of a broker: ", Assert.Throws<ArgumentException>(() => MqttUri.Parse(uri)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("mqtt://h/t?qos=0&client=a", "source qos 0 cannot give at-least-once")]
    [InlineData("mqtt://h/t?qos=1", "a clean session cannot give at-least-once")]
    [InlineData("mqtt://h/t?qos=1&client=a&clean", "a clean session cannot give at-least-once")]
    public void Feed_that_cannot_promise_says_why(string uri, string caveat) => Assert.Contains(caveat, Assert.Single(MqttFeed.Create(uri).Caveats), StringComparison.Ordinal);

    [Fact]
    public void Feed_that_can_promise_has_no_caveat() => Assert.Empty(MqttFeed.Create("mqtt://h/t?qos=1&client=a").Caveats);

    [Fact]
    public void Options_that_contradict_themselves_are_told_together()
    {
        MqttOptions options = new() { SessionExpiry = TimeSpan.FromHours(1), ReceiveMaximum = 0, Will = new WillMessage { Topic = "+" } };
        string refusal = Assert.Throws<ArgumentException>(() => new MqttClient(options, new Mqtt.Connection.TcpTransport("h", 1))).Message;

        Assert.Contains("a session that lasts needs a name", refusal, StringComparison.Ordinal);
        Assert.Contains("ReceiveMaximum is 0", refusal, StringComparison.Ordinal);
        Assert.Contains("Will: the topic '+' holds a wildcard", refusal, StringComparison.Ordinal);
    }
}
