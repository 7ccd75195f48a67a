namespace SeqStream.Native.Errors;

/// <summary>What a call answers: the codes of <c>seqstream_status</c> in seqstream.h. Negative ones are errors.</summary>
internal enum Status
{
    Ok = 0,
    InvalidArgument = -1,
    InvalidHandle = -2,
    Busy = -3,
    NotFound = -4,
    BadModel = -5,
    BadCard = -6,
    BadState = -7,
    Refused = -8,
    BufferTooSmall = -9,
    WrongPorts = -10,
    OutOfMemory = -11,
    Unavailable = -12,
    Internal = -99,
}
