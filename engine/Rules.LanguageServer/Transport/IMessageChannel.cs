namespace Rules.LanguageServer.Transport;

/// <summary>
/// A two-way line of whole JSON messages: header frames over a pair of streams (stdio), or one message per WebSocket frame.
/// One reader and one writer at a time; the two may be different.
/// </summary>
public interface IMessageChannel
{
    /// <summary>The next message, a frame that could not be read, or null when the other side has closed the line.</summary>
    ValueTask<IncomingMessage?> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Sends one message of UTF-8 JSON and flushes it.</summary>
    ValueTask WriteAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken);
}

/// <summary>What arrived: a message, or what is wrong with the frame that should have carried one.</summary>
/// <param name="Content">UTF-8; empty where there is a fault.</param>
/// <param name="Fault">A sentence for the error answer; null where the frame was sound.</param>
public readonly record struct IncomingMessage(ReadOnlyMemory<byte> Content, string? Fault = null);
