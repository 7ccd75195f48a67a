namespace SeqStream.Feeds.Reading;

/// <summary>What a CSV column is for.</summary>
internal enum CsvColumn
{
    /// <summary>A number of the model's input.</summary>
    Value,
    /// <summary>The stream's name.</summary>
    Stream,
    /// <summary>Measured time in seconds.</summary>
    Time,
    /// <summary>The producer's counter.</summary>
    Seq,
}
