using System.Text;
using SeqStream.Onnx.Reading;
using SeqStream.Plan;
using SeqStream.TestSupport;

namespace SeqStream.Onnx.Tests.Hostile;

/// <summary>Files whose wire format is the attack: they are refused within 2 s, and memory stays within three times the file and 64 MB.</summary>
public class ProtobufBombTests
{
    private const int Graph = 7;
    private const int Node = 1;

    [Theory]
    [InlineData(100_000)]
    [InlineData(5_000)]
    [InlineData(66)]
    public void Graphs_nested_without_end_do_not_reach_the_stack_limit(int levels)
    {
        byte[] inner = [0x0A, 0x01, (byte)'x'];
        // graph > node > attribute > graph > ..., each length a varint: written from the inside to the outside.
        List<byte> reversed = [.. inner.Reverse()];
        for (int level = 0; level < levels; level++)
        {
            Wrap(reversed, 6);
            Wrap(reversed, 5);
            Wrap(reversed, Node);
        }
        Wrap(reversed, Graph);
        reversed.Reverse();
        Assert.Contains("nested more than 64", HostileBudget.Unreadable([.. reversed]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Types_nested_without_end_are_passed_over()
    {
        List<byte> reversed = [];
        for (int level = 0; level < 100_000; level++) Wrap(reversed, 4);
        Wrap(reversed, 2);
        reversed.AddRange([.. new ProtobufWriter().String(1, "x").ToArray().Reverse()]);
        Wrap(reversed, 11);
        Wrap(reversed, Graph);
        reversed.Reverse();
        Assert.Equal("sequence", HostileBudget.Readable([.. reversed]).Graph.Inputs[0].TypeName);
    }

    [Fact]
    public void A_length_of_two_gigabytes_in_a_file_of_twenty_bytes_is_refused()
        => Assert.Contains("claims 2147483647 bytes", HostileBudget.Unreadable([0x3A, 0xFF, 0xFF, 0xFF, 0xFF, 0x07, .. new byte[14]]).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(new byte[] { 0x3A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01 })]
    [InlineData(new byte[] { 0x3A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01 })]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F })]
    public void A_length_or_a_field_number_beyond_all_bounds_is_refused(byte[] file) => HostileBudget.Unreadable(file);

    [Fact]
    public void Ten_million_empty_nodes_are_refused()
        => Assert.Contains("names no operator", HostileBudget.Unreadable(Field(Graph, Repeat([0x0A, 0x00], 10_000_000))).Message, StringComparison.Ordinal);

    [Fact]
    public void Ten_million_small_nodes_are_refused_at_the_limit()
        => Assert.Contains("limit", HostileBudget.Unreadable(Field(Graph, Repeat([0x0A, 0x03, 0x22, 0x01, (byte)'A'], 10_000_000))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_packed_flood_of_varints_is_refused()
    {
        byte[] attribute = [.. new ProtobufWriter().String(1, "axes").ToArray(), .. Field(8, new byte[20_000_000])];
        byte[] node = [.. new ProtobufWriter().String(4, "Sum").ToArray(), .. Field(5, attribute)];
        Assert.Contains("limit for a file of", HostileBudget.Unreadable(Field(Graph, Field(Node, node))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_packed_flood_of_dimensions_is_refused()
        => HostileBudget.Unreadable(Field(Graph, Field(5, Field(1, Repeat([1], 30_000_000)))));

    [Fact]
    public void A_tensor_of_one_byte_varints_is_refused_where_it_would_be_eight_times_its_file()
    {
        const int count = 30_000_000;
        byte[] tensor = [.. new ProtobufWriter().Int64(1, count).Int64(2, 7).String(8, "t").ToArray(), .. Field(7, new byte[count])];
        Assert.Contains("limit for a file of", HostileBudget.Unreadable(Field(Graph, Field(5, tensor))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(6)]
    [InlineData(7)]
    public void Groups_and_wire_types_that_do_not_exist_are_refused(int wireType)
        => Assert.Contains("wire type", HostileBudget.Unreadable([.. Repeat([(byte)((1 << 3) | wireType)], 1_000_000)]).Message, StringComparison.Ordinal);

    [Fact]
    public void A_flood_of_unknown_fields_is_passed_over_up_to_the_limit_and_then_refused()
    {
        Assert.Contains("more than 20000000 fields", HostileBudget.Unreadable(Repeat([0x98, 0x06, 0x00], 25_000_000)).Message, StringComparison.Ordinal);
        byte[] model = [.. Repeat([0x98, 0x06, 0x00], 1_000_000), .. Field(Graph, new ProtobufWriter().String(2, "g").ToArray())];
        Assert.Equal("g", HostileBudget.Readable(model).Graph.Name);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_flood_of_one_scalar_is_read_as_its_last_value_or_refused(int field)
    {
        byte[] piece = field == 1 ? [0x08, 0x07] : [0x12, 0x01, (byte)'p'];
        byte[] file = [.. Repeat(piece, 15_000_000), .. Field(Graph, new ProtobufWriter().String(2, "g").ToArray())];
        if (field == 1) Assert.Equal(7, HostileBudget.Readable(file).IrVersion);
        else HostileBudget.Unreadable(file);
    }

    [Fact]
    public void Two_graphs_are_refused() => HostileBudget.Unreadable([.. Field(Graph, []), .. Field(Graph, [])]);

    [Theory]
    [InlineData(Node)]
    [InlineData(5)]
    [InlineData(11)]
    public void A_flood_of_anything_in_a_graph_is_refused(int field)
    {
        byte[] piece = field switch
        {
            Node => Field(Node, new ProtobufWriter().String(4, "A").ToArray()),
            _ => Field(field, new ProtobufWriter().String(field == 5 ? 8 : 1, "a").ToArray()),
        };
        HostileBudget.Unreadable(Field(Graph, Repeat(piece, 3_000_000)));
    }

    [Fact]
    public void A_flood_of_attributes_is_refused()
    {
        using MemoryStream attributes = new();
        for (int number = 0; number < 1_000_000; number++) attributes.Write(Field(5, Field(1, Encoding.ASCII.GetBytes($"{number}"))));
        HostileBudget.Unreadable(Field(Graph, Field(Node, [.. new ProtobufWriter().String(4, "A").ToArray(), .. attributes.ToArray()])));
    }

    [Fact]
    public void A_flood_of_names_of_one_node_is_refused()
        => HostileBudget.Unreadable(Field(Graph, Field(Node, [.. new ProtobufWriter().String(4, "Sum").ToArray(), .. Repeat([0x0A, 0x01, (byte)'x'], 5_000_000)])));

    [Fact]
    public void A_flood_of_metadata_is_refused()
    {
        byte[] file = [.. Field(Graph, []), .. Repeat([0x72, 0x03, 0x0A, 0x01, (byte)'k'], 3_000_000)];
        HostileBudget.Unreadable(file);
    }

    [Fact]
    public void A_name_of_a_megabyte_is_refused()
        => Assert.Contains("name of 1000000 bytes", HostileBudget.Unreadable(Field(Graph, Field(Node, new ProtobufWriter().String(4, new string('a', 1_000_000)).ToArray()))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_text_of_a_hundred_megabytes_is_read_within_the_budget()
        => Assert.Single(HostileBudget.Readable([.. Field(Graph, []), .. Field(14, [.. Field(1, [(byte)'k']), .. Field(2, Repeat([(byte)'v'], 100_000_000))])]).Metadata);

    [Fact]
    public void Names_that_are_no_text_are_refused()
        => Assert.Contains("no UTF-8", HostileBudget.Unreadable(Field(Graph, Field(Node, Field(4, [0xC3, 0x28])))).Message, StringComparison.Ordinal);

    [Fact]
    public void More_inputs_than_the_limit_are_refused()
    {
        OnnxModelWriter writer = new();
        for (int number = 0; number < 600; number++) writer.Graph.Input($"x{number}", ElementType.Float32, 1);
        Assert.Contains("more than 512 inputs", HostileBudget.Unreadable(writer.ToBytes()).Message, StringComparison.Ordinal);
    }

    private static void Wrap(List<byte> reversed, int field)
    {
        List<byte> head = [(byte)((field << 3) | 2)];
        uint length = (uint)reversed.Count;
        for (; length >= 0x80; length >>= 7) head.Add((byte)(length | 0x80));
        head.Add((byte)length);
        head.Reverse();
        reversed.AddRange(head);
    }

    private static byte[] Field(int field, byte[] content)
    {
        List<byte> head = [(byte)((field << 3) | 2)];
        uint length = (uint)content.Length;
        for (; length >= 0x80; length >>= 7) head.Add((byte)(length | 0x80));
        head.Add((byte)length);
        return [.. head, .. content];
    }

    private static byte[] Repeat(byte[] piece, int count)
    {
        byte[] all = new byte[(long)piece.Length * count];
        for (int at = 0; at < all.Length; at += piece.Length) piece.CopyTo(all, at);
        return all;
    }
}
