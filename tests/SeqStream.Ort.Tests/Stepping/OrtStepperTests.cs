using SeqStream.Ort.Stepping;
using SeqStream.Plan;
using SeqStream.TestSupport;

namespace SeqStream.Ort.Tests.Stepping;

public sealed class OrtStepperTests
{
    [Theory]
    [InlineData("LSTM", 1, 16, 1), InlineData("LSTM", 40, 64, 3), InlineData("LSTM", 5, 7, 8)]
    [InlineData("GRU", 1, 16, 1), InlineData("GRU", 40, 64, 3), InlineData("GRU", 5, 7, 8)]
    public void Stepped_sequence_equals_whole_sequence(string @operator, int input, int hidden, int batch)
    {
        const int steps = 50;
        RecurrentModel model = new(@operator, input, hidden, seed: 1000 + hidden);
        float[] x = Runtime.Noise(steps * batch * input, seed: 3);
        using OrtSession whole = OrtSession.Load(Runtime.Require(), model.WholeBytes(), "whole");
        float[] expected = whole.Run(OrtTensor.Float32("x", [steps, batch, input], x))["y"].Values<float>().ToArray();
        using OrtProgram program = Program(model);
        using OrtStepper stepper = program.CreateStepper(batch);
        for (int step = 0; step < steps; step++)
        {
            x.AsSpan(step * batch * input, batch * input).CopyTo(stepper.Input<float>(0));
            stepper.Step();
            Runtime.AssertClose(expected.AsSpan(step * batch * hidden, batch * hidden), stepper.Output<float>(0), 1e-5f, $"step {step}");
            Runtime.AssertClose(stepper.Output<float>(0), stepper.State<float>(0), 0, $"state after step {step}");
        }
    }

    [Fact]
    public void Step_after_reset_equals_first_step()
    {
        using OrtProgram program = Program(new RecurrentModel("LSTM", 3, 8, seed: 2));
        using OrtStepper stepper = program.CreateStepper(2);
        Runtime.Noise(6, seed: 4).CopyTo(stepper.Input<float>(0));
        stepper.Step();
        float[] first = stepper.Output<float>(0).ToArray();
        for (int step = 0; step < 4; step++)
        {
            stepper.Step();
            Assert.NotEqual(first, stepper.Output<float>(0).ToArray());
        }
        stepper.ResetState();
        stepper.Step();
        Assert.Equal(first, stepper.Output<float>(0).ToArray());
    }

    [Fact]
    public void Initial_state_of_the_pair_is_where_every_lane_starts()
    {
        RecurrentModel model = new("GRU", 3, 4, seed: 2);
        float[] initial = [0.1f, -0.2f, 0.3f, -0.4f];
        OrtStepModel description = new() { States = [new OrtStatePair("h0", "hn", ConstantTensor.Float32(new TensorShape(1, 1, 4), initial))] };
        using OrtProgram program = new(OrtSession.Load(Runtime.Require(), model.StepBytes(), "gru"), description);
        using OrtStepper stepper = program.CreateStepper(2);
        Assert.Equal([.. initial, .. initial], stepper.State<float>(0).ToArray());
        stepper.Step();
        stepper.ResetState();
        Assert.Equal([.. initial, .. initial], stepper.State<float>(0).ToArray());
    }

    [Fact]
    public void Step_allocates_nothing()
    {
        using OrtProgram program = Program(new RecurrentModel("LSTM", 4, 8, seed: 2));
        using OrtStepper stepper = program.CreateStepper(2);
        void Run(int steps)
        {
            for (int step = 0; step < steps; step++)
            {
                stepper.Input<float>(0)[0] = step;
                stepper.Step();
                Assert.False(float.IsNaN(stepper.Output<float>(0)[0]));
            }
        }
        Run(100);
        Assert.Equal(0, Allocation.Of(() => Run(1000)));
    }

    [Fact]
    public void Output_that_is_also_a_state_is_answered_too()
    {
        RecurrentModel model = new("LSTM", 3, 4, seed: 9);
        using OrtProgram program = new(OrtSession.Load(Runtime.Require(), model.StepBytes(), "lstm"), model.StepDescription with { Outputs = ["hn", "y"] });
        using OrtStepper stepper = program.CreateStepper(1);
        stepper.Input<float>(stepper.InputPort("x")).Fill(1);
        for (int step = 0; step < 3; step++)
        {
            stepper.Step();
            Assert.Equal(stepper.Output<float>(stepper.OutputPort("y")).ToArray(), stepper.Output<float>(stepper.OutputPort("hn")).ToArray());
        }
    }

    [Fact]
    public void Model_with_a_fixed_batch_refuses_a_larger_one()
    {
        RecurrentModel model = new("GRU", 3, 4, seed: 9);
        using OrtProgram program = new(OrtSession.Load(Runtime.Require(), model.StepBytes(batch: 1), "gru"), model.StepDescription);
        OrtException exception = Assert.Throws<OrtException>(() => program.CreateStepper(2));
        Assert.Contains("no dimension of input 'x' counts streams", exception.Message, StringComparison.Ordinal);
        using OrtStepper stepper = program.CreateStepper(1);
        stepper.Step();
    }

    [Fact]
    public void Wrong_names_and_element_types_are_refused()
    {
        using OrtProgram program = Program(new RecurrentModel("GRU", 3, 4, seed: 9));
        using OrtStepper stepper = program.CreateStepper(1);
        Assert.Contains("'x'", Assert.Throws<OrtException>(() => stepper.InputPort("h0")).Message, StringComparison.Ordinal);
        Assert.Contains("'y'", Assert.Throws<OrtException>(() => stepper.OutputPort("hn")).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => stepper.Input<long>(0).Length);
    }

    [Fact]
    public void Stepper_outlives_the_program_it_came_from_and_refuses_after_its_own_end()
    {
        OrtProgram program = Program(new RecurrentModel("GRU", 3, 4, seed: 9));
        OrtStepper stepper = program.CreateStepper(1);
        program.Dispose();
        stepper.Step();
        stepper.Dispose();
        Assert.Throws<ObjectDisposedException>(stepper.Step);
        Assert.Throws<ObjectDisposedException>(() => stepper.Input<float>(0).Length);
    }

    private static OrtProgram Program(RecurrentModel model) => new(OrtSession.Load(Runtime.Require(), model.StepBytes(), "step"), model.StepDescription);
}
