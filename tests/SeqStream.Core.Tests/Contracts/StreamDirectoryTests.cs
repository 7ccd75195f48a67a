using System.Text;
using SeqStream.Contracts;
using SeqStream.TestSupport;

namespace SeqStream.Tests.Contracts;

public sealed class StreamDirectoryTests
{
    [Fact]
    public void Names_keep_their_ids_however_many_there_are()
    {
        StreamDirectory directory = new();
        Random random = new(3);
        string[] names = [.. Enumerable.Range(0, 30_000).Select(i => new string('n', random.Next(0, 60)) + i)];
        StreamId[] ids = Array.ConvertAll(names, directory.Intern);
        Assert.Equal(names.Length, directory.Count);
        for (int i = 0; i < names.Length; i++)
        {
            Assert.Equal(ids[i], directory.Intern(names[i]));
            Assert.Equal(names[i], directory.Name(ids[i]));
        }
    }

    [Fact]
    public void Threads_that_add_the_same_names_agree_on_the_ids()
    {
        StreamDirectory directory = new();
        StreamId[][] seen = new StreamId[4][];
        Thread[] threads = [.. Enumerable.Range(0, seen.Length).Select(t => new Thread(() => seen[t] = [.. Enumerable.Range(0, 20_000).Select(i => directory.Intern($"stream {i}"))]))];
        Array.ForEach(threads, static thread => thread.Start());
        Array.ForEach(threads, static thread => thread.Join());
        Assert.Equal(20_000, directory.Count);
        Assert.All(seen, ids => Assert.Equal(seen[0], ids));
    }

    [Fact]
    public void A_known_name_is_found_without_allocating()
    {
        StreamDirectory directory = new();
        byte[] name = Encoding.UTF8.GetBytes("kitchen/motion");
        directory.Intern(name);
        Assert.Equal(0, Allocation.Of(() =>
        {
            for (int i = 0; i < 1000; i++) directory.Intern(name);
        }));
    }

    [Fact]
    public void A_name_beyond_the_limit_is_refused()
        => Assert.Throws<ArgumentException>(() => new StreamDirectory().Intern(new byte[StreamDirectory.MaxNameBytes + 1]));
}
