namespace SeqStream.Contracts;

/// <summary>
/// A decoder whose choices are the inputs of further steps: an encoder-decoder writes a word, and the word leads to the next step. Between two frames, and before anything else
/// of its stream, whoever steps the stream asks for such steps until none is due. They are steps like all others: of one lane, batched with those of other streams.
/// </summary>
public interface IFeedbackDecoder : IDecoder
{
    /// <summary>
    /// Writes all inputs of the step that follows from the last <see cref="IDecoder.Accept"/>, or answers false if none does. Once a step; whether one is due is part of what
    /// <see cref="IDecoder.Save"/> writes.
    /// </summary>
    bool TryNext(StepInputs inputs, ref StepNote note);
}
