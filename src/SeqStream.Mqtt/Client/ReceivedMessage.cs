using System.Text;
using SeqStream.Mqtt.Protocol;
using SeqStream.Mqtt.Session;

namespace SeqStream.Mqtt.Client;

/// <summary>
/// A message from the broker. Its bytes are valid until it is disposed; its <see cref="Handle"/> stays valid until the message is acknowledged.
/// Disposing does not acknowledge. One thread at a time.
/// </summary>
public sealed class ReceivedMessage : IDisposable
{
    private const int KeptBytes = 1 << 14;
    private readonly Inbox _inbox;
    private byte[] _bytes = [];
    private int _topicLength;
    private int _propertiesLength;
    private int _length;
    private bool _isInUse;

    internal ReceivedMessage(Inbox inbox) => _inbox = inbox;

    /// <summary>Stands for the message when it is acknowledged.</summary>
    public MessageHandle Handle { get; internal set; }

    /// <summary>Quality of service it was sent with.</summary>
    public QualityOfService Quality { get; private set; }

    /// <summary>True if the broker says that it may have sent the message before.</summary>
    public bool IsDuplicate { get; private set; }

    /// <summary>True if the broker had kept the message.</summary>
    public bool IsRetained { get; private set; }

    /// <summary>The topic in UTF-8.</summary>
    public ReadOnlySpan<byte> Utf8Topic => _bytes.AsSpan(0, _topicLength);

    /// <summary>The topic.</summary>
    public string Topic => Encoding.UTF8.GetString(Utf8Topic);

    /// <summary>The content.</summary>
    public ReadOnlyMemory<byte> Payload => _bytes.AsMemory(_topicLength + _propertiesLength, _length - _topicLength - _propertiesLength);

    /// <summary>True if the sender says that the payload is UTF-8 text.</summary>
    public bool IsText => FindNumber(PropertyId.PayloadFormat) == 1;

    /// <summary>How long the message is still of use; null if for ever.</summary>
    public TimeSpan? Expiry => FindNumber(PropertyId.MessageExpiry) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    /// <summary>Media type of the payload, or null.</summary>
    public string? ContentType => FindText(PropertyId.ContentType);

    /// <summary>Where an answer is wanted, or null.</summary>
    public string? ResponseTopic => FindText(PropertyId.ResponseTopic);

    /// <summary>What an answer must carry; usually empty.</summary>
    public ReadOnlySpan<byte> CorrelationData
    {
        get
        {
            PropertyReader properties = Properties();
            while (properties.MoveNext())
            {
                if (properties.Id == PropertyId.CorrelationData) return properties.Bytes;
            }
            return default;
        }
    }

    /// <summary>Names and values beside the payload; usually none. Allocates.</summary>
    public IReadOnlyList<UserProperty> UserProperties
    {
        get
        {
            if (_propertiesLength == 0) return [];
            List<UserProperty> users = [];
            PropertyReader properties = Properties();
            while (properties.MoveNext())
            {
                if (properties.Id == PropertyId.UserProperty) users.Add(new UserProperty(Encoding.UTF8.GetString(properties.Bytes), Encoding.UTF8.GetString(properties.Value)));
            }
            return users;
        }
    }

    /// <summary>Identifiers of the subscriptions that selected the message; usually none. Allocates.</summary>
    public IReadOnlyList<int> SubscriptionIds
    {
        get
        {
            if (_propertiesLength == 0) return [];
            List<int> ids = [];
            PropertyReader properties = Properties();
            while (properties.MoveNext())
            {
                if (properties.Id == PropertyId.SubscriptionId) ids.Add((int)properties.Number);
            }
            return ids;
        }
    }

    /// <summary>Memory that the message holds.</summary>
    internal int ByteCount => _length;

    /// <summary>Says that the message is applied: the broker may forget it. Any thread.</summary>
    public void Acknowledge() => _inbox.Acknowledge(Handle);

    /// <summary>Gives the bytes back for reuse.</summary>
    public void Dispose()
    {
        if (!_isInUse) return;
        _isInUse = false;
        _inbox.TakeBack(this);
    }

    [HotPath]
    internal void Fill(in PublishView publish, ReadOnlySpan<byte> topic, ReadOnlySpan<byte> body)
    {
        ReadOnlySpan<byte> properties = body[publish.Properties];
        ReadOnlySpan<byte> payload = body[publish.Payload];
        _topicLength = topic.Length;
        _propertiesLength = properties.Length;
        _length = topic.Length + properties.Length + payload.Length;
        if (_bytes.Length < _length) _bytes = new byte[Math.Max(_length, 256)];
        topic.CopyTo(_bytes);
        properties.CopyTo(_bytes.AsSpan(topic.Length));
        payload.CopyTo(_bytes.AsSpan(topic.Length + properties.Length));
        Quality = publish.Quality;
        IsDuplicate = publish.IsDuplicate;
        IsRetained = publish.IsRetained;
        _isInUse = true;
    }

    /// <summary>Empties the message and keeps its buffer, unless that is large.</summary>
    internal void Clear()
    {
        if (_bytes.Length > KeptBytes) _bytes = [];
        _topicLength = _propertiesLength = _length = 0;
    }

    private PropertyReader Properties() => new(_bytes.AsSpan(_topicLength, _propertiesLength), PacketType.Publish);

    private uint? FindNumber(PropertyId id)
    {
        if (_propertiesLength == 0) return null;
        PropertyReader properties = Properties();
        while (properties.MoveNext())
        {
            if (properties.Id == id) return properties.Number;
        }
        return null;
    }

    private string? FindText(PropertyId id)
    {
        if (_propertiesLength == 0) return null;
        PropertyReader properties = Properties();
        while (properties.MoveNext())
        {
            if (properties.Id == id) return Encoding.UTF8.GetString(properties.Bytes);
        }
        return null;
    }
}
