using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;
using System.Text;

namespace Rules.LanguageServer.Transport;

/// <summary>
/// The base protocol of the language server protocol over two streams: a block of <c>Content-Length</c> headers, an empty line, the body.
/// After a bad frame it reads on at the next header block, so that one broken message never costs the ones behind it.
/// </summary>
public sealed class StreamChannel : IMessageChannel
{
    /// <summary>The largest body, in bytes: a rule file of the largest size whose every character is written as a JSON escape.</summary>
    public const int MaximumContentLength = 8 << 20;

    private const int MaximumHeaderLine = 1024;

    private readonly PipeReader _reader;
    private readonly Stream _output;

    // A sound header block whose body is still to be read, set aside while the fault before it is told.
    private int? _announced;

    /// <summary>The channel reads and writes the streams and closes neither.</summary>
    public StreamChannel(Stream input, Stream output)
    {
        _reader = PipeReader.Create(input, new StreamPipeReaderOptions(leaveOpen: true));
        _output = output;
    }

    /// <inheritdoc/>
    public async ValueTask<IncomingMessage?> ReadAsync(CancellationToken cancellationToken)
    {
        string? fault = null;
        int? length = null;
        var inHeader = false;
        if (_announced is { } announced)
        {
            _announced = null;
            return await ReadBodyAsync(announced, cancellationToken);
        }

        while (true)
        {
            var line = await ReadLineAsync(cancellationToken);
            if (line is null)
            {
                return fault is null ? null : new IncomingMessage(default, fault);
            }

            if (line.Length > 0)
            {
                inHeader = true;
                ReadHeader(line, ref length, ref fault);
                continue;
            }

            if (!inHeader)
            {
                continue;
            }

            if (length is null)
            {
                return new IncomingMessage(default, fault ?? "The header has no Content-Length.");
            }

            if (fault is not null)
            {
                _announced = length;
                return new IncomingMessage(default, fault);
            }

            return await ReadBodyAsync(length.Value, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        await _output.WriteAsync(Encoding.ASCII.GetBytes($"Content-Length: {message.Length}\r\n\r\n"), cancellationToken);
        await _output.WriteAsync(message, cancellationToken);
        await _output.FlushAsync(cancellationToken);
    }

    private static void ReadHeader(byte[] line, ref int? length, ref string? fault)
    {
        // A body that was cut short leaves its rest in front of the next header on one line, so the name is looked for anywhere in it.
        var text = Encoding.ASCII.GetString(line);
        const string Name = "Content-Length:";
        var at = text.LastIndexOf(Name, StringComparison.OrdinalIgnoreCase);
        if (at < 0)
        {
            if (!text.StartsWith("Content-Type:", StringComparison.OrdinalIgnoreCase))
            {
                fault ??= "The header has a line that is neither Content-Length nor Content-Type.";
            }

            return;
        }

        if (at > 0)
        {
            fault ??= "There are characters before a header.";
        }

        var figure = line.AsSpan(at + Name.Length).Trim((byte)' ');
        if (Utf8Parser.TryParse(figure, out int value, out var consumed) && consumed == figure.Length && value >= 0)
        {
            length = value;
        }
        else
        {
            fault ??= "Content-Length is not a whole number of bytes.";
        }
    }

    private async ValueTask<IncomingMessage?> ReadBodyAsync(int length, CancellationToken cancellationToken)
    {
        if (length > MaximumContentLength)
        {
            return await SkipAsync(length, cancellationToken)
                ? new IncomingMessage(default, $"The message has {length} bytes; at most {MaximumContentLength} are read.")
                : null;
        }

        if (length == 0)
        {
            return new IncomingMessage(default, "The message is empty.");
        }

        var result = await _reader.ReadAtLeastAsync(length, cancellationToken);
        if (result.Buffer.Length < length)
        {
            return null;
        }

        var body = result.Buffer.Slice(0, length);
        var content = body.ToArray();
        _reader.AdvanceTo(body.End);
        return new IncomingMessage(content);
    }

    private async ValueTask<bool> SkipAsync(long count, CancellationToken cancellationToken)
    {
        while (count > 0)
        {
            var result = await _reader.ReadAsync(cancellationToken);
            var skipped = Math.Min(count, result.Buffer.Length);
            _reader.AdvanceTo(result.Buffer.GetPosition(skipped));
            count -= skipped;
            if (result.IsCompleted && count > 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>One header line without its break; null at the end of the stream. Of an endless line only the last part is given.</summary>
    private async ValueTask<byte[]?> ReadLineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await _reader.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            if (buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = buffer.Slice(0, end);
                line = line.Slice(Math.Max(0, line.Length - MaximumHeaderLine));
                var bytes = line.ToArray();
                _reader.AdvanceTo(buffer.GetPosition(1, end));
                return bytes is [.., (byte)'\r'] ? bytes[..^1] : bytes;
            }

            if (result.IsCompleted)
            {
                _reader.AdvanceTo(buffer.End);
                return null;
            }

            var kept = buffer.GetPosition(Math.Max(0, buffer.Length - MaximumHeaderLine));
            _reader.AdvanceTo(kept, buffer.End);
        }
    }
}
