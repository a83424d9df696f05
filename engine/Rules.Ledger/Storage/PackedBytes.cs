using System.IO.Compression;
using System.Security.Cryptography;

namespace Rules.Ledger.Storage;

/// <summary>Bytes deflated for a row, with the hash of what they were.</summary>
internal static class PackedBytes
{
    /// <summary>More than any row takes.</summary>
    private const int Most = 1 << 30;

    public static (byte[] Packed, byte[] Sha256) Pack(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            zlib.Write(bytes);
        }

        return (packed.ToArray(), SHA256.HashData(bytes));
    }

    /// <exception cref="InvalidDataException">They are not what was packed.</exception>
    public static byte[] Unpack(ReadOnlyMemory<byte> packed, ReadOnlyMemory<byte> sha256)
    {
        using var bytes = new MemoryStream();
        using var zlib = new ZLibStream(new MemoryStream(packed.ToArray()), CompressionMode.Decompress);
        var buffer = new byte[81_920];
        for (int read; (read = zlib.Read(buffer)) > 0;)
        {
            bytes.Write(buffer, 0, read);
            if (bytes.Length > Most)
            {
                throw new InvalidDataException("Packed bytes are more than any row takes.");
            }
        }

        var unpacked = bytes.ToArray();
        return SHA256.HashData(unpacked).AsSpan().SequenceEqual(sha256.Span) ? unpacked : throw new InvalidDataException("Packed bytes are not what their hash says.");
    }
}
