using System.Security.Cryptography;
using Rules.Engine.Wire;

namespace Rules.Ledger.Imports;

/// <summary>
/// A file as records, of which each is at most as long as an event may be: lines, and in CSV lines that go on while a quote is open. What was read is hashed,
/// so that a file can be known again by its beginning.
/// </summary>
internal sealed class UsageRecords(Stream stream, bool isCsv) : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private byte[] _buffer = new byte[WireLimits.BodyBytes * 2];
    private int _start;
    private int _end;
    private int _pending;
    private long _pendingLines;
    private bool _isAtEnd;

    /// <summary>Without its line end; until the next is read.</summary>
    public ReadOnlyMemory<byte> Record { get; private set; }

    /// <summary>Of the first line of the record, from 1.</summary>
    public long Line { get; private set; } = 1;

    /// <summary>Lines of what was accepted.</summary>
    public long Lines { get; private set; }

    /// <summary>Bytes of what was accepted.</summary>
    public long Position { get; private set; }

    /// <summary>Of what was accepted.</summary>
    public byte[] PrefixSha256() => _hash.GetCurrentHash();

    public void Dispose() => _hash.Dispose();

    /// <summary>Counts the record to what was read, which it has to be before the next.</summary>
    public void Accept()
    {
        Lines += _pendingLines;
        Take(_pending);
        (_pending, _pendingLines) = (0, 0);
    }

    /// <returns>False at the end of the file, and where a record is too long, which <see cref="IsTooLong"/> says.</returns>
    public async ValueTask<bool> MoveNextAsync(CancellationToken cancellationToken)
    {
        var scanned = 0;
        var isQuoted = false;
        if (Position == 0)
        {
            await FillAsync(cancellationToken);
            if (_buffer.AsSpan(_start, _end - _start).StartsWith("\uFEFF"u8))
            {
                Take(3);
            }
        }

        while (true)
        {
            var rest = _buffer.AsSpan(_start + scanned, _end - _start - scanned);
            var place = isCsv ? rest.IndexOfAny((byte)'\n', (byte)'"') : rest.IndexOf((byte)'\n');
            if (place < 0)
            {
                scanned = _end - _start;
                if (scanned > WireLimits.BodyBytes)
                {
                    return TooLong();
                }

                if (!await FillAsync(cancellationToken))
                {
                    return scanned > 0 && Found(scanned, scanned);
                }
            }
            else if (rest[place] == '"')
            {
                isQuoted = !isQuoted;
                scanned += place + 1;
            }
            else if (isQuoted)
            {
                scanned += place + 1;
            }
            else
            {
                return scanned + place <= WireLimits.BodyBytes ? Found(scanned + place, scanned + place + 1) : TooLong();
            }
        }
    }

    public bool IsTooLong { get; private set; }

    /// <summary>Passes over what an earlier import read.</summary>
    /// <returns>False where the file does not begin with the same bytes.</returns>
    public async Task<bool> SkipAsync(UsageBatch read, CancellationToken cancellationToken)
    {
        while (Position < read.Position && (_end > _start || await FillAsync(cancellationToken)))
        {
            Take((int)Math.Min(_end - _start, read.Position - Position));
        }

        Lines = read.Lines;
        return Position == read.Position && PrefixSha256().AsSpan().SequenceEqual(read.PrefixSha256.Span);
    }

    private bool Found(int length, int taken)
    {
        Line = Lines + 1;
        var record = _buffer.AsMemory(_start, length);
        Record = length > 0 && record.Span[^1] == '\r' ? record[..^1] : record;
        (_pending, _pendingLines) = (taken, record.Span.Count((byte)'\n') + 1);
        return true;
    }

    private bool TooLong()
    {
        (IsTooLong, Line) = (true, Lines + 1);
        return false;
    }

    private void Take(int bytes)
    {
        _hash.AppendData(_buffer, _start, bytes);
        _start += bytes;
        Position += bytes;
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_isAtEnd)
        {
            return false;
        }

        // The record at hand may still be read by the caller: it is moved to a buffer of its own.
        if (_start > 0)
        {
            var moved = new byte[_buffer.Length];
            _buffer.AsSpan(_start, _end - _start).CopyTo(moved);
            (_buffer, _end, _start) = (moved, _end - _start, 0);
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
        _isAtEnd = read == 0;
        _end += read;
        return read > 0;
    }
}
