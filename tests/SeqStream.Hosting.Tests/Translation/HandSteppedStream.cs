using System.Text;
using SeqStream.Contracts;
using SeqStream.Hosting.Catalog;
using SeqStream.State;

namespace SeqStream.Hosting.Tests.Translation;

/// <summary>One stream of a model, stepped by the test as a shard does it, which may be saved and restored between any two steps.</summary>
internal sealed class HandSteppedStream : IEmissionWriter, IDisposable
{
    private readonly EmissionPool _pool = new();
    private readonly IStepExecutor _executor;
    private readonly int[] _slot;
    private readonly IFrontEnd _frontEnd;
    private readonly IDecoder _decoder;
    private long _step;

    public HandSteppedStream(LoadedModel model)
    {
        _executor = model.Executors.CreateExecutor(1, 1);
        _slot = [_executor.Rent()];
        _frontEnd = model.Stages.CreateFrontEnd();
        _decoder = model.Stages.CreateDecoder();
    }

    /// <summary>What was said: text, score bits, and whether it was partial. Nothing is noted while this is null.</summary>
    public List<string>? Said { get; set; } = [];

    public void Accept(FramePayload payload) => Assert.True(_frontEnd.Accept(payload, double.NaN).IsAccepted);

    public void End() => _frontEnd.End();

    /// <summary>Makes the next step; false if there is none.</summary>
    public bool Step()
    {
        StepNote note = new() { Time = double.NaN };
        StepInputs inputs = new(_executor, 0);
        bool isReady = (_decoder is IFeedbackDecoder feedback && feedback.TryNext(inputs, ref note)) || _frontEnd.TryNext(inputs, ref note);
        if (!isReady) return false;
        _executor.Step(_slot);
        if (!note.IsWarmUp) _decoder.Accept(new StepResult(_executor, 0, _step++, note), this);
        return true;
    }

    public void StepAll()
    {
        while (Step())
        {
        }
    }

    /// <summary>Everything that is remembered: the state row and what front end and decoder save.</summary>
    public (byte[] Row, byte[] FrontEnd, byte[] Decoder) Save()
    {
        byte[] row = new byte[_executor.Signature.Layout.RowBytes];
        _executor.Save(_slot[0], row);
        StateWriter frontEnd = new(), decoder = new();
        _frontEnd.Save(frontEnd);
        _decoder.Save(decoder);
        return (row, frontEnd.Written.ToArray(), decoder.Written.ToArray());
    }

    public void Restore((byte[] Row, byte[] FrontEnd, byte[] Decoder) saved)
    {
        _executor.Restore(_slot[0], saved.Row);
        StateReader frontEnd = new(saved.FrontEnd), decoder = new(saved.Decoder);
        _frontEnd.Restore(ref frontEnd);
        _decoder.Restore(ref decoder);
        Assert.Equal(0, frontEnd.Left + decoder.Left);
    }

    public Emission Rent() => _pool.Rent();

    public void Write(Emission emission)
    {
        Said?.Add($"{(emission.IsPartial ? "..." : "")}{Encoding.UTF8.GetString(emission.Text)} {BitConverter.SingleToInt32Bits(emission.Score):x8}");
        _pool.Return(emission);
    }

    public void Dispose() => _executor.Dispose();
}
