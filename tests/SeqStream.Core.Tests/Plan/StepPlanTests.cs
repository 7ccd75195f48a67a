using SeqStream.Plan;
using SeqStream.TestSupport;

namespace SeqStream.Tests.Plan;

public sealed class StepPlanTests
{
    private static StepPlan WithInitial(float value)
    {
        Wire x = new("x", ElementType.Float32, new TensorShape(1));
        StateField state = new("h", ElementType.Float32, new TensorShape(1), ConstantTensor.Float32(new TensorShape(1), value));
        return new StepPlan("p", [x], [new PlanOutput("y", x)], [state], []);
    }

    [Fact]
    public void Plans_that_differ_only_in_an_initial_state_have_different_ids()
    {
        Assert.Equal(WithInitial(1).Id, WithInitial(1).Id);
        Assert.NotEqual(WithInitial(1).Id, WithInitial(2).Id);
    }

    [Fact]
    public void A_node_that_reads_what_nothing_wrote_is_refused()
    {
        StepPlan good = AccumulatorModel.Plan(2);
        ArgumentException fault = Assert.Throws<ArgumentException>(() => new StepPlan("p", [], [], [.. good.Layout.Fields], good.Nodes));
        Assert.Contains("'x', which nothing writes before it", fault.Message, StringComparison.Ordinal);
    }
}
