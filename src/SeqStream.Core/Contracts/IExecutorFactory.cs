namespace SeqStream.Contracts;

/// <summary>Makes executors of one model. All of them share its weights. Any thread may call it.</summary>
public interface IExecutorFactory
{
    /// <summary>What a step takes, answers and remembers.</summary>
    StepSignature Signature { get; }

    /// <summary>Which executor this is and why, for people.</summary>
    string Description { get; }

    /// <summary>Creates an executor without streams.</summary>
    /// <param name="maxLanes">Most lanes of one step, at least 1.</param>
    /// <param name="expectedStreams">How many streams are likely to live at once.</param>
    IStepExecutor CreateExecutor(int maxLanes, int expectedStreams);
}
