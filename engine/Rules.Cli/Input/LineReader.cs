namespace Rules.Cli.Input;

/// <summary>
/// Reads a stream line by line as bytes, each at most <paramref name="limit"/> long, so that a stream of any length takes the memory of
/// one line. Lines end at LF; a CR before it belongs to the end. An unfinished last line counts.
/// </summary>
/// <param name="input">It is not closed.</param>
internal sealed class LineReader(Stream input, int limit)
{
    private readonly byte[] _chunk = new byte[64 * 1024];
    private byte[] _line = new byte[4096];
    private int _length;
    private int _next;
    private int _filled;
    private bool _ended;

    /// <summary>Number of the line that was read last, from 1.</summary>
    public int Number { get; private set; }

    /// <summary>The line was longer than the limit: only its beginning, one byte longer than the limit, was kept.</summary>
    public bool IsCut => _length > limit;

    /// <summary>The line that was read last, without its end; valid until the next one is read.</summary>
    public ReadOnlySpan<byte> Line => _line.AsSpan(0, _length);

    /// <summary>Nothing more can be had without waiting for the stream.</summary>
    public bool IsDrained => _next == _filled;

    /// <summary>Reads the next line; false at the end.</summary>
    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        _length = 0;
        var begun = false;
        while (!_ended)
        {
            if (_next == _filled)
            {
                _filled = await input.ReadAsync(_chunk, cancellationToken);
                _next = 0;
                _ended = _filled == 0;
                continue;
            }

            begun = true;
            var end = _chunk.AsSpan(_next, _filled - _next).IndexOf((byte)'\n');
            var taken = end < 0 ? _filled - _next : end;
            Keep(_chunk.AsSpan(_next, taken));
            _next += end < 0 ? taken : taken + 1;
            if (end >= 0)
            {
                break;
            }
        }

        if (!begun)
        {
            return false;
        }

        Number++;
        _length -= _length is > 0 and var length && length <= limit && _line[length - 1] == '\r' ? 1 : 0;
        return true;
    }

    private void Keep(ReadOnlySpan<byte> part)
    {
        part = part[..Math.Min(part.Length, limit + 1 - _length)];
        if (_length + part.Length > _line.Length)
        {
            Array.Resize(ref _line, Math.Max(_length + part.Length, Math.Min(_line.Length * 2, limit + 1)));
        }

        part.CopyTo(_line.AsSpan(_length));
        _length += part.Length;
    }
}
