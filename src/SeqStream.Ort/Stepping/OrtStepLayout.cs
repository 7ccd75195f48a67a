using System.Collections.Immutable;
using SeqStream.Ort.Native;

namespace SeqStream.Ort.Stepping;

/// <summary>The tensors of a step with all shapes known. Input shapes follow from the declaration; output shapes from running the model on zeros.</summary>
internal sealed class OrtStepLayout
{
    private readonly OrtSession _session;
    private readonly OrtStepModel _model;
    private readonly ImmutableHashSet<string> _batchNames;

    public OrtStepLayout(OrtSession session, OrtStepModel model)
    {
        _session = session;
        _model = model;
        string[] fed = FedInputs();
        _batchNames = [.. model.BatchDimensions.IsEmpty ? FindBatch(fed) : model.BatchDimensions];
        Inputs = [.. fed.Select(InputPort)];
        StateInputs = [.. model.States.Select(pair => InputPort(pair.Input))];
        Dictionary<string, OrtLanePort> answered = Probe();
        StateOutputs = [.. model.States.Select(pair => answered[session.OutputNamed(pair.Output).Name])];
        Outputs = [.. AnsweredOutputs().Select(name => answered[session.OutputNamed(name).Name])];
        CheckStates();
    }

    public ImmutableArray<OrtLanePort> Inputs { get; }

    public ImmutableArray<OrtLanePort> Outputs { get; }

    public ImmutableArray<OrtLanePort> StateInputs { get; }

    public ImmutableArray<OrtLanePort> StateOutputs { get; }

    public ImmutableArray<OrtTensor> Constants => _model.Constants;

    /// <summary>Why the model cannot step several lanes in one run; empty if it can.</summary>
    public string OneLaneReason { get; private set; } = "";

    public bool IsBatched => OneLaneReason.Length == 0;

    private string[] FedInputs()
    {
        HashSet<string> others = [.. _model.States.Select(static pair => pair.Input), .. _model.Constants.Select(static tensor => tensor.Name)];
        foreach (string name in others) _session.InputNamed(name);
        return [.. _model.Inputs ?? [.. _session.Inputs.Select(static port => port.Name).Where(name => !others.Contains(name))]];
    }

    private string[] AnsweredOutputs()
    {
        HashSet<string> states = [.. _model.States.Select(static pair => pair.Output)];
        return [.. _model.Outputs ?? [.. _session.Outputs.Select(static port => port.Name).Where(name => !states.Contains(name))]];
    }

    private IEnumerable<string> FindBatch(string[] fed)
    {
        IEnumerable<OrtPort> inputs = fed.Select(_session.InputNamed);
        OrtPort[] states = [.. _model.States.Select(pair => _session.InputNamed(pair.Input))];
        if (states.Length == 0) return inputs.Where(static port => port.Dimensions.Length > 0).Take(1).SelectMany(port => OpenNames(port).Where(name => name == port.OpenName(0)));
        HashSet<string> shared = [.. inputs.SelectMany(OpenNames)];
        foreach (OrtPort state in states) shared.IntersectWith(OpenNames(state));
        return shared;
    }

    /// <summary>Names of the dimensions that have no value.</summary>
    private IEnumerable<string> OpenNames(OrtPort port)
        => Enumerable.Range(0, port.Dimensions.Length).Select(port.OpenName).OfType<string>().Where(name => !_model.Dimensions.ContainsKey(name));

    private OrtLanePort InputPort(string name)
    {
        OrtPort port = _session.InputNamed(name);
        int batchAxis = -1;
        ImmutableArray<long>.Builder dimensions = ImmutableArray.CreateBuilder<long>(port.Dimensions.Length);
        for (int axis = 0; axis < port.Dimensions.Length; axis++)
        {
            string? open = port.OpenName(axis);
            bool isBatch = open is not null && _batchNames.Contains(open);
            if (isBatch && batchAxis >= 0) OrtThrow.TwoBatchAxes(_session.ModelName, port);
            if (isBatch) batchAxis = axis;
            if (open is null) dimensions.Add(port.Dimensions[axis].Value!.Value);
            else if (isBatch) dimensions.Add(1);
            else if (_model.Dimensions.TryGetValue(open, out long value)) dimensions.Add(value);
            else OrtThrow.OpenDimension(_session.ModelName, port, open);
        }
        return new OrtLanePort(name, port.Type, dimensions.MoveToImmutable(), batchAxis);
    }

    /// <summary>Runs one lane, then two and three: the dimension that follows the number of lanes is an output's batch axis.</summary>
    private Dictionary<string, OrtLanePort> Probe()
    {
        IReadOnlyDictionary<string, OrtTensor> one = RunOnZeros(1);
        IReadOnlyDictionary<string, OrtTensor>? two = null, three = null;
        OrtLanePort? shared = Inputs.Concat(StateInputs).FirstOrDefault(static port => !port.HasBatch);
        if (shared is not null)
        {
            OneLaneReason = $"no dimension of input '{shared.Name}' counts streams";
        }
        else
        {
            try
            {
                two = RunOnZeros(2);
                three = RunOnZeros(3);
            }
            catch (OrtException exception)
            {
                OneLaneReason = $"the model fails with two streams: {exception.Message}";
            }
        }
        return one.Values.ToDictionary(static tensor => tensor.Name, tensor => OutputPort(tensor, two?[tensor.Name], three?[tensor.Name]));
    }

    private IReadOnlyDictionary<string, OrtTensor> RunOnZeros(int lanes)
    {
        IEnumerable<OrtTensor> zeros = Inputs.Concat(StateInputs).Select(port => OrtTensor.Zeros(port.Name, port.Type, port.DimensionsFor(lanes)));
        return _session.Run([.. zeros, .. _model.Constants]);
    }

    private OrtLanePort OutputPort(OrtTensor one, OrtTensor? two, OrtTensor? three)
    {
        int batchAxis = -1;
        if (IsBatched)
        {
            for (int axis = 0; axis < one.Dimensions.Length; axis++)
            {
                if (one.Dimensions[axis] == 1 && two!.Dimensions[axis] == 2 && three!.Dimensions[axis] == 3) batchAxis = axis;
            }
            if (batchAxis < 0) OneLaneReason = $"no dimension of output '{one.Name}' counts streams";
        }
        return new OrtLanePort(one.Name, one.Type, one.Dimensions, batchAxis);
    }

    private void CheckStates()
    {
        for (int index = 0; index < StateInputs.Length; index++)
        {
            OrtLanePort input = StateInputs[index], output = StateOutputs[index];
            bool sameAxis = !IsBatched || input.BatchAxis == output.BatchAxis;
            if (input.Type != output.Type || !input.LaneDimensions.SequenceEqual(output.LaneDimensions) || !sameAxis) OrtThrow.StatePairDiffers(_session.ModelName, input, output);
            if (_model.States[index].Initial is { } initial && (initial.Type != input.Type || initial.Bytes.Length != input.LaneBytes)) OrtThrow.WrongInitialState(_session.ModelName, input, initial);
        }
    }
}
