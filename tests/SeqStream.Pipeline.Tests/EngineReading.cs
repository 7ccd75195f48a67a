using SeqStream.Contracts;

namespace SeqStream.Pipeline.Tests;

/// <summary>Reads an engine as a sink does.</summary>
internal static class EngineReading
{
    /// <summary>Takes emissions until the engine has no more, reaches every barrier at once, and gives all back.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="heard">Shown what streams say; null to drop it.</param>
    public static async Task DrainAsync(this StreamEngine engine, Action<Emission>? heard = null)
    {
        await foreach (Emission emission in engine.Emissions.ReadAllAsync())
        {
            if (emission.Kind == EmissionKind.Barrier) emission.Barrier!.Reached();
            else heard?.Invoke(emission);
            engine.Pools.Emissions.Return(emission);
        }
    }
}
