using System.Buffers;
using System.Net.WebSockets;

namespace Rules.LanguageServer.Transport;

/// <summary>One message of JSON text per WebSocket message.</summary>
public sealed class WebSocketChannel(WebSocket socket) : IMessageChannel
{
    /// <inheritdoc/>
    public async ValueTask<IncomingMessage?> ReadAsync(CancellationToken cancellationToken)
    {
        var content = new ArrayBufferWriter<byte>(4096);
        while (true)
        {
            ValueWebSocketReceiveResult part;
            try
            {
                part = await socket.ReceiveAsync(content.GetMemory(4096), cancellationToken);
            }
            catch (WebSocketException exception)
            {
                throw new IOException("The connection broke.", exception);
            }

            if (part.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            content.Advance(part.Count);
            if (content.WrittenCount > StreamChannel.MaximumContentLength)
            {
                // What follows of the message cannot be told from the next one, so the line ends.
                return null;
            }

            if (part.EndOfMessage)
            {
                return part.MessageType == WebSocketMessageType.Text
                    ? new IncomingMessage(content.WrittenMemory)
                    : new IncomingMessage(default, "A message is text.");
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        try
        {
            await socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
        }
        catch (WebSocketException exception)
        {
            throw new IOException("The connection broke.", exception);
        }
    }
}
