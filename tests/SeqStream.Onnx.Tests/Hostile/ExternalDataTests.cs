using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using SeqStream.Onnx.Reading;
using SeqStream.Plan;
using SeqStream.TestSupport;
using OnnxTensor = SeqStream.TestSupport.OnnxTensor;

namespace SeqStream.Onnx.Tests.Hostile;

/// <summary>Models that keep elements in other files: refused unless allowed, and where allowed only plain files of the model's own folder are read.</summary>
public sealed partial class ExternalDataTests : IDisposable
{
    private static readonly OnnxLimits s_allowed = new() { ExternalBytes = 1 << 20 };
    private static readonly float[] s_weights = [1, 2, 3, 4];

    private readonly string _root = Directory.CreateTempSubdirectory("seqstream-external").FullName;
    private readonly string _folder;

    public ExternalDataTests()
    {
        _folder = Directory.CreateDirectory(Path.Combine(_root, "model")).FullName;
        Write(Path.Combine(_folder, "weights.bin"));
        Write(Path.Combine(_root, "outside.bin"));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void It_is_refused_by_default_with_what_to_do()
    {
        OnnxFormatException fault = Refused(null, ("location", "weights.bin"));
        Assert.Contains("external data is refused", fault.Message, StringComparison.Ordinal);
        Assert.Contains("Save the model as one file", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_from_memory_has_no_folder_whatever_is_allowed()
        => Assert.Contains("external data is refused", Assert.Throws<OnnxFormatException>(() => OnnxModel.Parse(Model(("location", "weights.bin")), "m", s_allowed)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_plain_file_beside_the_model_is_read_where_it_is_allowed()
    {
        string checksum = Checksum();
        Assert.Equal(s_weights, Load(("location", "weights.bin")));
        Assert.Equal(s_weights, Load(("location", "weights.bin"), ("offset", "0"), ("length", "16"), ("checksum", checksum), ("basepath", "")));
        File.WriteAllBytes(Path.Combine(_folder, "weights.bin"), [9, 9, 9, 9, .. File.ReadAllBytes(Path.Combine(_folder, "weights.bin"))]);
        Assert.Equal(s_weights, Load(("location", "weights.bin"), ("offset", "4")));
    }

    [Theory]
    [InlineData("../outside.bin")]
    [InlineData("a/../../outside.bin")]
    [InlineData("/etc/passwd")]
    [InlineData("C:\\weights.bin")]
    [InlineData("\\\\server\\weights.bin")]
    [InlineData("weights.bin\0.txt")]
    [InlineData("\0")]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("/dev/zero")]
    [InlineData("*/_ORT_MEM_ADDR_/*")]
    [InlineData("sub/weights.bin")]
    [InlineData("./weights.bin")]
    [InlineData("weights\n.bin")]
    [InlineData("file:weights.bin")]
    public void A_location_that_is_no_plain_name_is_refused(string location) => Both("plain name of a file", ("location", location));

    [Fact]
    public void A_file_that_is_not_there_is_refused() => Both("cannot be opened", ("location", "absent.bin"));

    [Fact]
    public void A_symbolic_link_is_refused()
    {
        File.CreateSymbolicLink(Path.Combine(_folder, "link.bin"), Path.Combine(_root, "outside.bin"));
        File.CreateSymbolicLink(Path.Combine(_folder, "beside.bin"), Path.Combine(_folder, "weights.bin"));
        Both("without following links", ("location", "link.bin"));
        Both("without following links", ("location", "beside.bin"));
    }

    [Fact]
    public void A_file_behind_a_linked_folder_is_refused()
    {
        Directory.CreateSymbolicLink(Path.Combine(_folder, "sub"), _root);
        Both("plain name of a file", ("location", "sub/outside.bin"));
    }

    [Fact]
    public void A_folder_is_refused()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "sub"));
        Both("is a pipe, a device", ("location", "sub"));
    }

    [Fact]
    public void A_file_with_a_second_name_is_refused()
    {
        Assert.Equal(0, link(Path.Combine(_root, "outside.bin"), Path.Combine(_folder, "hard.bin")));
        Both("second name", ("location", "hard.bin"));
    }

    [Fact]
    public void A_pipe_is_refused_and_not_waited_for()
    {
        Assert.Equal(0, mkfifo(Path.Combine(_folder, "pipe.bin"), 0x1FF));
        Both("is a pipe, a device", ("location", "pipe.bin"));
    }

    [Theory]
    [InlineData("offset", "-1")]
    [InlineData("offset", "17")]
    [InlineData("offset", "9223372036854775807")]
    [InlineData("offset", "1e3")]
    [InlineData("offset", " 0")]
    [InlineData("offset", "99999999999999999999")]
    [InlineData("length", "4611686018427387904")]
    [InlineData("length", "15")]
    [InlineData("length", "-16")]
    [InlineData("checksum", "0000000000000000000000000000000000000000")]
    [InlineData("checksum", "abc")]
    [InlineData("location", "weights.bin")]
    [InlineData("basepath", "/etc")]
    [InlineData("mode", "rw")]
    [InlineData("__class__", "os.system")]
    [InlineData("", "")]
    public void An_entry_that_lies_is_refused(string key, string value) => Both(null, ("location", "weights.bin"), (key, value));

    [Fact]
    public void An_offset_and_length_whose_sum_overflows_are_refused() => Both("should have 16 bytes from byte 9223372036854775800", ("location", "weights.bin"), ("offset", "9223372036854775800"), ("length", "16"));

    [Fact]
    public void No_location_at_all_is_refused() => Both("plain name of a file", ("length", "16"));

    [Fact]
    public void A_tensor_larger_than_the_file_is_refused_before_memory_is_taken()
    {
        OnnxModelWriter writer = new();
        writer.Graph.Initializer("w", OnnxTensor.ExternalOf(ElementType.Float32, [100_000_000], ("location", "weights.bin"))).Node("Identity", ["w"], ["y"]).Output("y");
        string path = Save(writer.ToBytes());
        HostileBudget.Within(1_000_000, () => Assert.Throws<OnnxFormatException>(() => OnnxModel.Load(path, new OnnxLimits { ExternalBytes = long.MaxValue })));
    }

    [Fact]
    public void More_bytes_than_are_allowed_are_refused()
        => Assert.Contains("beyond the limit", Refused(new OnnxLimits { ExternalBytes = 15 }, ("location", "weights.bin")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_cache_of_links_to_one_real_folder_is_read_and_links_out_of_it_are_refused()
    {
        string blobs = Directory.CreateDirectory(Path.Combine(_root, "blobs")).FullName, snapshot = Directory.CreateDirectory(Path.Combine(_root, "snapshots", "1")).FullName;
        File.WriteAllBytes(Path.Combine(blobs, "aaaa"), Model(("location", "model.onnx_data")));
        Write(Path.Combine(blobs, "bbbb"));
        File.CreateSymbolicLink(Path.Combine(snapshot, "model.onnx"), "../../blobs/aaaa");
        File.CreateSymbolicLink(Path.Combine(snapshot, "model.onnx_data"), "../../blobs/bbbb");
        Assert.Equal(s_weights, OnnxModel.Load(Path.Combine(snapshot, "model.onnx"), s_allowed).Graph.Initializers["w"].Value!.Values<float>().ToArray());
        File.Delete(Path.Combine(snapshot, "model.onnx_data"));
        File.CreateSymbolicLink(Path.Combine(snapshot, "model.onnx_data"), Path.Combine(_root, "outside.bin"));
        Assert.Contains("link out of the folder", Assert.Throws<OnnxFormatException>(() => OnnxModel.Load(Path.Combine(snapshot, "model.onnx"), s_allowed)).Message, StringComparison.Ordinal);
    }

    /// <summary>Refused by default, and where external data is allowed for another reason, which is checked.</summary>
    private void Both(string? reason, params (string Key, string Value)[] entries)
    {
        Assert.Contains("external data is refused", Refused(null, entries).Message, StringComparison.Ordinal);
        OnnxFormatException fault = Refused(s_allowed, entries);
        Assert.DoesNotContain("external data is refused", fault.Message, StringComparison.Ordinal);
        if (reason is not null) Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
    }

    private OnnxFormatException Refused(OnnxLimits? limits, params (string Key, string Value)[] entries)
    {
        string path = Save(Model(entries));
        OnnxFormatException? fault = null;
        HostileBudget.Within(1_000_000, () => fault = Assert.Throws<OnnxFormatException>(() => OnnxModel.Load(path, limits)));
        Assert.Contains("tensor 'w'", fault!.Message, StringComparison.Ordinal);
        return fault;
    }

    private float[] Load(params (string Key, string Value)[] entries) => OnnxModel.Load(Save(Model(entries)), s_allowed).Graph.Initializers["w"].Value!.Values<float>().ToArray();

    private string Save(byte[] model)
    {
        string path = Path.Combine(_folder, "model.onnx");
        File.WriteAllBytes(path, model);
        return path;
    }

    private string Checksum()
    {
#pragma warning disable CA5350 // ONNX defines the checksum as SHA-1.
        return Convert.ToHexString(SHA1.HashData(File.ReadAllBytes(Path.Combine(_folder, "weights.bin")))).ToLower(CultureInfo.InvariantCulture);
#pragma warning restore CA5350
    }

    private static byte[] Model(params (string Key, string Value)[] entries)
    {
        OnnxModelWriter writer = new();
        // The name comes first here, so that each message can say which tensor it is.
        ProtobufWriter tensor = new ProtobufWriter().String(8, "w").Raw(OnnxTensor.ExternalOf(ElementType.Float32, [4], entries).Encode().ToArray());
        byte[] graph = new ProtobufWriter().Message(5, tensor).Raw(new OnnxGraphWriter().Node("Identity", ["w"], ["y"]).Output("y").Encode().ToArray()).ToArray();
        return new ProtobufWriter().Raw(writer.ToBytes().AsSpan(0, 2)).Bytes(7, graph).ToArray();
    }

    private static void Write(string path) => File.WriteAllBytes(path, MemoryMarshal.AsBytes(s_weights.AsSpan()).ToArray());

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int link(string from, string to);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mkfifo(string path, uint mode);
}
