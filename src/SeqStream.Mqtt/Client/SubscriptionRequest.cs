using SeqStream.Mqtt.Protocol;

namespace SeqStream.Mqtt.Client;

/// <summary>A SUBSCRIBE or UNSUBSCRIBE and who waits for its answer.</summary>
internal sealed class SubscriptionRequest
{
    public IReadOnlyList<TopicSubscription> Subscriptions { get; private init; } = [];

    public IReadOnlyList<string> Filters { get; private init; } = [];

    public TaskCompletionSource<ReasonCode[]> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsSubscribe => Subscriptions.Count > 0;

    public int Count => Subscriptions.Count + Filters.Count;

    public static SubscriptionRequest ToSubscribe(IReadOnlyList<TopicSubscription> subscriptions) => new() { Subscriptions = subscriptions };

    public static SubscriptionRequest ToUnsubscribe(IReadOnlyList<string> filters) => new() { Filters = filters };
}
