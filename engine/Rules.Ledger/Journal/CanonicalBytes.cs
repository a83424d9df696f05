using System.Buffers.Binary;
using System.Text;

namespace Rules.Ledger.Journal;

/// <summary>
/// Writes the canonical form that hashes are taken over: 64-bit integers big-endian, text and bytes with their length first.
/// The same on every machine and in every database; decimal numbers never enter as text that could be written two ways.
/// </summary>
internal sealed class CanonicalBytes
{
    private byte[] _buffer = new byte[1024];
    private int _length;

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    public CanonicalBytes Clear()
    {
        _length = 0;
        return this;
    }

    public void Tag(byte tag)
    {
        Reserve(1)[0] = tag;
        _length++;
    }

    public void Int64(long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(Reserve(8), value);
        _length += 8;
    }

    /// <summary>Bytes of a length that the form fixes.</summary>
    public void Raw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        _length += bytes.Length;
    }

    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        Int64(bytes.Length);
        Raw(bytes);
    }

    public void Text(string text)
    {
        var size = Encoding.UTF8.GetByteCount(text);
        Int64(size);
        Encoding.UTF8.GetBytes(text, Reserve(size));
        _length += size;
    }

    private Span<byte> Reserve(int count)
    {
        if (_buffer.Length - _length < count)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + count));
        }

        return _buffer.AsSpan(_length, count);
    }
}
