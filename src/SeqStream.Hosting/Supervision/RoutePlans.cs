using SeqStream.Hosting.Catalog;
using SeqStream.Hosting.Configuration;
using SeqStream.Mqtt.Routing;

namespace SeqStream.Hosting.Supervision;

/// <summary>Makes the plans of all routes of a configuration.</summary>
internal static class RoutePlans
{
    /// <summary>Prepares routes and checks that they do not get into each other's way.</summary>
    /// <param name="options">The whole configuration.</param>
    /// <param name="isWanted">Routes for which a plan is wanted; the others run already.</param>
    /// <param name="problems">Gets what is wrong.</param>
    public static List<RoutePlan> Prepare(DaemonOptions options, Func<RouteOptions, bool> isWanted, ConfigProblems problems)
    {
        CheckTogether(options, problems);
        ModelCatalog catalog = ModelCatalog.Find();
        List<RoutePlan> plans = [];
        foreach (RouteOptions route in options.Routes.Where(isWanted))
        {
            if (RoutePlan.Prepare(route, options, catalog, problems) is { } plan) plans.Add(plan);
        }
        return plans;
    }

    private static void CheckTogether(DaemonOptions options, ConfigProblems problems)
    {
        Dictionary<string, string> owners = [];
        foreach (RouteOptions route in options.Routes)
        {
            if (RoutePlan.IsStandard(route.Feed, "stdin")) Own("stdin", route.Map!.PlaceOf("feed"), "one route at most can read it");
            OwnSession(route.Feed, route.Map!.PlaceOf("feed"));
            for (int at = 0; at < route.Sinks.Length; at++)
            {
                string sink = route.Sinks[at];
                OwnSession(sink, route.SinkPlaces[at]);
                if (!MqttUri.IsOne(sink) && !RoutePlan.IsStandard(sink, "stdout")) Own(sink, route.SinkPlaces[at], "one route at most can write it");
            }

            void OwnSession(string uri, ConfigPlace place)
            {
                if (TryParse(uri) is { Client: { Length: > 0 } client } broker) Own($"client '{client}' at {broker.Host}:{broker.Port}", place, "a broker lets only one connection have the name");
            }

            void Own(string what, ConfigPlace place, string reason)
            {
                if (!owners.TryAdd(what, route.Name)) problems.Add(place, $"{what} is used by route '{owners[what]}' already; {reason}. Use another.");
            }
        }
    }

    private static MqttUri? TryParse(string uri)
    {
        try
        {
            return MqttUri.IsOne(uri) ? MqttUri.Parse(uri) : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
