namespace SeqStream.Mqtt.Session;

/// <summary>
/// Keeps what a session must not forget. Calls come one at a time, in the order of the protocol, and before the bytes they belong to are sent;
/// a store that is told the same again has nothing to do.
/// </summary>
public interface ISessionStore
{
    /// <summary>Messages on their way to the broker, in any order. Called once.</summary>
    IEnumerable<StoredPublish> LoadPublishes();

    /// <summary>Messages that were applied and may come again, in any order. Called once.</summary>
    IEnumerable<ReceivedMark> LoadMarks();

    /// <summary>A message is about to be sent for the first time.</summary>
    void AddPublish(in StoredPublish publish);

    /// <summary>The broker owns the message (PUBREC came): its content is not needed any more, its identifier is.</summary>
    void ReleasePublish(ushort packetId);

    /// <summary>The message's exchange is complete.</summary>
    void RemovePublish(ushort packetId);

    /// <summary>A message was applied and is about to be acknowledged.</summary>
    void AddMark(in ReceivedMark mark);

    /// <summary>The message cannot come again.</summary>
    void RemoveMark(ushort packetId);

    /// <summary>The broker has forgotten the session: nothing kept is of use any more.</summary>
    void Clear();
}
