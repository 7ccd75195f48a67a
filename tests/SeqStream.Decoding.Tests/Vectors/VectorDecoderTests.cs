using System.Runtime.InteropServices;
using SeqStream.Contracts;
using SeqStream.Plan;

namespace SeqStream.Decoding.Vectors;

public sealed class VectorDecoderTests
{
    [Fact]
    public void Every_output_is_passed_on_by_name_and_type()
    {
        using Outputs outputs = new(Outputs.Floats("y", 2), new StepPort("k", ElementType.Int64, new TensorShape(1)), new StepPort("b", ElementType.Bool, new TensorShape(1)));
        MemoryMarshal.Cast<byte, long>(outputs.Buffer(1))[0] = -7;
        outputs.Buffer(2)[0] = 1;
        List<(string Name, bool IsSingle, double[] Values)> said = [];
        outputs.Written = emission =>
        {
            for (int i = 0; i < emission.OutputCount; i++)
            {
                EmissionOutput output = emission.Output(i);
                said.Add((output.Name, output.IsSingle, emission.Values(output).ToArray()));
            }
        };
        outputs.Step(outputs.Create("""{"type":"vector"}"""), [1.5f, -2]);
        Assert.Equal(["y", "k", "b"], said.Select(output => output.Name));
        Assert.Equal([true, false, false], said.Select(output => output.IsSingle));
        Assert.Equal([1.5, -2, -7, 1], said.SelectMany(output => output.Values));
    }
}
