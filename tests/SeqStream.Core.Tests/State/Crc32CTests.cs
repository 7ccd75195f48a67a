using SeqStream.State;

namespace SeqStream.Tests.State;

public sealed class Crc32CTests
{
    [Fact]
    public void The_check_value_of_the_standard_is_reproduced() => Assert.Equal(0xE3069283u, Crc32C.Of("123456789"u8));

    [Fact]
    public void The_iscsi_vectors_of_RFC_3720_are_reproduced()
    {
        Assert.Equal(0x8A9136AAu, Crc32C.Of(new byte[32]));
        byte[] ones = new byte[32];
        Array.Fill(ones, (byte)0xFF);
        Assert.Equal(0x62A8AB43u, Crc32C.Of(ones));
        Assert.Equal(0x46DD794Eu, Crc32C.Of([.. Enumerable.Range(0, 32).Select(static i => (byte)i)]));
    }
}
