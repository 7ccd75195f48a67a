using System.Collections.Immutable;
using SeqStream.Contracts;
using SeqStream.Plan;

namespace SeqStream.Decoding.Beams;

/// <summary>Finds ports by name.</summary>
internal static class PortSearch
{
    /// <summary>Index of the port of that name and type, -1 if there is none.</summary>
    public static int FindPort(this ImmutableArray<StepPort> ports, string name, ElementType type)
    {
        for (int port = 0; port < ports.Length; port++)
        {
            if (ports[port].Name == name && ports[port].Type == type) return port;
        }
        return -1;
    }
}
