using System.Text;

namespace Rules.Engine.Replay;

/// <summary>Numbers and texts in as few bytes as they need.</summary>
internal sealed class SegmentWriter
{
    private byte[] _bytes = new byte[4096];
    private int _length;

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    public void Byte(byte value)
    {
        Need(1);
        _bytes[_length++] = value;
    }

    public void Number(int value) => Unsigned((ulong)value);

    public void Signed(long value) => Unsigned(unchecked((ulong)((value << 1) ^ (value >> 63))));

    public void Text(string text) => Bytes(Encoding.UTF8.GetBytes(text));

    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        Number(bytes.Length);
        Need(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
    }

    private void Unsigned(ulong value)
    {
        Need(10);
        while (value >= 0x80)
        {
            _bytes[_length++] = (byte)((value & 0x7F) | 0x80);
            value >>= 7;
        }

        _bytes[_length++] = (byte)value;
    }

    private void Need(int more)
    {
        if (_bytes.Length - _length < more)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + more));
        }
    }
}

/// <summary>Reads what <see cref="SegmentWriter"/> wrote; throws <see cref="InvalidDataException"/> where it did not.</summary>
internal ref struct SegmentReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _left = bytes;

    public static InvalidDataException Broken() => new("A usage segment ends early or points outside itself.");

    public readonly bool IsAtEnd => _left.IsEmpty;

    public byte Byte()
    {
        if (_left.IsEmpty)
        {
            throw Broken();
        }

        var value = _left[0];
        _left = _left[1..];
        return value;
    }

    /// <summary>A number of things, of which each takes a byte at least.</summary>
    public int Count()
    {
        var value = Unsigned();
        return value <= (ulong)_left.Length ? (int)value : throw Broken();
    }

    public int Place(int limit)
    {
        var value = Unsigned();
        return value < (ulong)limit ? (int)value : throw Broken();
    }

    public long Signed()
    {
        var value = Unsigned();
        return unchecked((long)(value >> 1) ^ -(long)(value & 1));
    }

    public string Text() => Encoding.UTF8.GetString(Bytes());

    public ReadOnlySpan<byte> Bytes()
    {
        var count = Count();
        var read = _left[..count];
        _left = _left[count..];
        return read;
    }

    private ulong Unsigned()
    {
        var value = 0UL;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw Broken();
    }
}
