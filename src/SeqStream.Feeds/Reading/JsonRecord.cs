using SeqStream.Contracts;

namespace SeqStream.Feeds.Reading;

/// <summary>What is known of a JSON record while it is read. Its stream's name, numbers and text are kept by the reader.</summary>
internal struct JsonRecord()
{
    public int NameLength;
    public JsonContent Content;
    public FrameKind Control;
    public double Time = double.NaN;
    public long Seq = -1;
}
