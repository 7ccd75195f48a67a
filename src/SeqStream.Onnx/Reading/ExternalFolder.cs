using System.ComponentModel;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace SeqStream.Onnx.Reading;

/// <summary>
/// The folder in which a model's tensors may keep elements outside its file. The path that the user typed is resolved once; then only regular files with one name,
/// directly in the folder in which the model really lies, are opened, by the folder's handle and without following links. Where the model's own path is a link
/// (a download cache keeps files by checksum and links to them), a file beside that link may be a link too, to a file in the same real folder.
/// </summary>
internal sealed class ExternalFolder : IDisposable
{
    private const int MostFiles = 64;
    private const int CopyBytes = 1 << 20;

    private readonly Dictionary<string, OpenFile> _files = new(StringComparer.Ordinal);
    private readonly string _typed;
    private readonly string _real;
    private readonly bool _isLinked;
    private readonly SafeFileHandle _handle;
    private long _left;

    private ExternalFolder(string path, long bytes)
    {
        string model = UnixFile.RealPath(path);
        _typed = Path.GetDirectoryName(Path.GetFullPath(path))!;
        _real = Path.GetDirectoryName(model)!;
        _isLinked = new FileInfo(path).LinkTarget is not null;
        _handle = UnixFile.OpenFolder(_real);
        _left = bytes;
    }

    /// <summary>The folder of a model; null where external data is not allowed.</summary>
    /// <exception cref="OnnxFormatException">It is allowed, but not on this system.</exception>
    public static ExternalFolder? Of(string path, OnnxLimits limits)
    {
        if (limits.ExternalBytes <= 0) return null;
        string file = Path.GetFileName(path);
        if (!OperatingSystem.IsLinux()) throw new OnnxFormatException(file, -1, "external data is read on Linux only. Save the model as one file.");
        try
        {
            return new ExternalFolder(path, limits.ExternalBytes);
        }
        catch (Win32Exception fault)
        {
            throw new OnnxFormatException(file, -1, $"its folder cannot be opened: {fault.Message}.");
        }
    }

    /// <summary>Reads a tensor's elements, after everything about them has been checked.</summary>
    /// <exception cref="OnnxFormatException">The file is not one that may be read, or does not hold the elements.</exception>
    public byte[] Read(in ProtobufReader reader, string tensor, ExternalPlace place, long needed)
    {
        OpenFile file = Open(reader, tensor, place.File);
        if (place.Length is { } stated && stated != needed) throw reader.Fault($"tensor '{tensor}' needs {needed} bytes of elements, but says that '{place.File}' holds {stated} for it");
        if (place.Offset > file.Size || needed > file.Size - place.Offset) throw reader.Fault($"tensor '{tensor}' should have {needed} bytes from byte {place.Offset} of '{place.File}' on, which has {file.Size} bytes; the file is cut short or another one");
        if (needed > _left) throw reader.Fault($"tensor '{tensor}' goes beyond the limit of bytes that may come from other files");
        _left -= needed;
        if (place.Checksum is not null && !Fits(file, place.Checksum)) throw reader.Fault($"'{place.File}', which holds the elements of tensor '{tensor}', has not the checksum {place.Checksum}; it is damaged or another file");
        byte[] bytes = new byte[needed];
        if (!Fill(file.Handle, bytes, place.Offset)) throw reader.Fault($"'{place.File}' was cut short while it was read");
        return bytes;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (OpenFile file in _files.Values) file.Handle.Dispose();
        _handle.Dispose();
    }

    private OpenFile Open(in ProtobufReader reader, string tensor, string name)
    {
        if (_files.TryGetValue(name, out OpenFile? known)) return known;
        if (_files.Count == MostFiles) throw reader.Fault($"its tensors lie in more than {MostFiles} files, which is the limit");
        try
        {
            SafeFileHandle handle = UnixFile.OpenIn(_handle, _isLinked ? Target(reader, tensor, name) : name);
            if (UnixFile.Examine(handle) is not (long size, uint names) || names != 1)
            {
                handle.Dispose();
                throw reader.Fault($"'{name}', which should hold the elements of tensor '{tensor}', is a pipe, a device or a file with a second name; expected a file of its own. Copy it");
            }
            OpenFile file = new(handle, size);
            _files.Add(name, file);
            return file;
        }
        catch (Win32Exception fault)
        {
            throw reader.Fault($"'{name}', which should hold the elements of tensor '{tensor}', cannot be opened in the model's folder without following links: {fault.Message}");
        }
    }

    /// <summary>The file's name in the real folder, where the model was reached by a link.</summary>
    private string Target(in ProtobufReader reader, string tensor, string name)
    {
        string target = UnixFile.RealPath(Path.Combine(_typed, name));
        if (Path.GetDirectoryName(target) != _real) throw reader.Fault($"'{name}', which should hold the elements of tensor '{tensor}', is a link out of the folder in which the model lies");
        return Path.GetFileName(target);
    }

    private static bool Fits(OpenFile file, string checksum)
    {
        if (file.Checksum is null)
        {
#pragma warning disable CA5350 // ONNX defines the checksum as SHA-1; it guards against mix-ups, not against forgery.
            using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
#pragma warning restore CA5350
            byte[] part = new byte[Math.Min(CopyBytes, file.Size)];
            for (long at = 0; at < file.Size; at += part.Length)
            {
                Span<byte> next = part.AsSpan(0, (int)Math.Min(part.Length, file.Size - at));
                if (!Fill(file.Handle, next, at)) return false;
                hash.AppendData(next);
            }
            file.Checksum = Convert.ToHexStringLower(hash.GetHashAndReset());
        }
        return string.Equals(file.Checksum, checksum, StringComparison.OrdinalIgnoreCase);
    }

    private static bool Fill(SafeFileHandle handle, Span<byte> bytes, long offset)
    {
        while (bytes.Length > 0)
        {
            int read = RandomAccess.Read(handle, bytes, offset);
            if (read <= 0) return false;
            bytes = bytes[read..];
            offset += read;
        }
        return true;
    }

    private sealed class OpenFile(SafeFileHandle handle, long size)
    {
        public SafeFileHandle Handle => handle;

        public long Size => size;

        public string? Checksum { get; set; }
    }
}
