namespace SeqStream.Feeds.Reading;

/// <summary>What is known of a CSV row while it is read. Its stream's name and numbers are kept by the reader.</summary>
internal struct CsvRecord()
{
    /// <summary>The input that numbers go to, -1 before the first number.</summary>
    public int Port = -1;

    /// <summary>Numbers that input has got.</summary>
    public int PortCount;
    public int NameLength;
    public double Time = double.NaN;
    public long Seq = -1;
}
