namespace SeqStream.Cells;

/// <summary>One unit, one input, numbers that can be followed by hand.</summary>
public sealed class ScalarCellTests
{
    [Fact]
    public void Rnn_step_is_tanh_of_the_weighted_sum()
    {
        float h = Step(new CellWeights(CellKind.Rnn, 1, 1, [0.5f], [0.25f], [0.1f, 0.2f]), new(), 2, 0.8f).H;
        Assert.Equal(Math.Tanh(0.5 * 2 + 0.25 * 0.8 + 0.3), h, 1e-6);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Gru_reset_gate_acts_after_or_before_the_recurrent_product(bool linearBeforeReset)
    {
        CellWeights weights = new(CellKind.Gru, 1, 1, [0.1f, 0.2f, 0.3f], [0.4f, 0.5f, 0.6f], [0, 0, 0.7f, 0, 0, 0.9f]);
        float h = Step(weights, new() { LinearBeforeReset = linearBeforeReset }, 2, 0.8f).H;
        double z = Sigmoid(0.1 * 2 + 0.4 * 0.8), r = Sigmoid(0.2 * 2 + 0.5 * 0.8);
        double recurrent = linearBeforeReset ? r * (0.6 * 0.8 + 0.9) : 0.6 * r * 0.8 + 0.9;
        double n = Math.Tanh(0.3 * 2 + 0.7 + recurrent);
        Assert.Equal((1 - z) * n + z * 0.8, h, 1e-6);
    }

    [Fact]
    public void Lstm_gates_come_in_the_order_input_output_forget_cell()
    {
        (float h, float c) = Step(new CellWeights(CellKind.Lstm, 1, 1, [0.1f, 0.2f, 0.3f, 0.4f], [0, 0, 0, 0]), new(), 1, 0, 0.5f);
        double cell = Sigmoid(0.3) * 0.5 + Sigmoid(0.1) * Math.Tanh(0.4);
        Assert.Equal(cell, c, 1e-6);
        Assert.Equal(Sigmoid(0.2) * Math.Tanh(cell), h, 1e-6);
    }

    [Fact]
    public void Lstm_output_peephole_sees_the_updated_cell()
    {
        (float h, float c) = Step(new CellWeights(CellKind.Lstm, 1, 1, [0, 0, 0, 1], [0, 0, 0, 0], null, [0.5f, 2, -1]), new(), 1, 0, 0.5f);
        double cell = Sigmoid(-0.5) * 0.5 + Sigmoid(0.25) * Math.Tanh(1);
        Assert.Equal(cell, c, 1e-6);
        Assert.Equal(Sigmoid(2 * cell) * Math.Tanh(cell), h, 1e-6);
    }

    [Fact]
    public void Lstm_with_input_forget_forgets_what_it_takes_in()
    {
        float c = Step(new CellWeights(CellKind.Lstm, 1, 1, [0.6f, 0, 5, 1], [0, 0, 0, 0]), new() { InputForget = true }, 1, 0, 0.5f).C;
        Assert.Equal((1 - Sigmoid(0.6)) * 0.5 + Sigmoid(0.6) * Math.Tanh(1), c, 1e-6);
    }

    [Fact]
    public void Clip_bounds_the_input_of_a_gate()
    {
        float h = Step(new CellWeights(CellKind.Rnn, 1, 1, [10], [0]), new() { Clip = 0.25f }, 1, 0).H;
        Assert.Equal(Math.Tanh(0.25), h, 1e-6);
    }

    [Fact]
    public void Activations_take_their_parameters()
    {
        CellOptions options = new() { Activations = [new CellActivation(ActivationKind.ScaledTanh, 1.7f, 0.6f)] };
        Assert.Equal(1.7 * Math.Tanh(0.6 * 2), Step(new CellWeights(CellKind.Rnn, 1, 1, [2], [0]), options, 1, 0).H, 1e-6);
    }

    private static (float H, float C) Step(CellWeights weights, CellOptions options, float x, float h, float c = 0)
    {
        ScalarCell cell = ScalarCell.Create(weights, options);
        cell.Step([x], new Span<float>(ref h), new Span<float>(ref c), new float[cell.ScratchFloats]);
        return (h, c);
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
}
