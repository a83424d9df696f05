using System.Net.WebSockets;
using Rules.LanguageServer;
using Rules.LanguageServer.Transport;
using Rules.Ledger;

namespace Rules.Portal.Web;

/// <summary>The language server for editors of the pages, over a WebSocket. It knows the published texts and what the editor sends; it writes nothing.</summary>
public sealed class EditorConnections(CreditLedger ledger, IHostApplicationLifetime lifetime)
{
    public const string Path = "/editor/connection";

    /// <summary>Editors at a time; the page works without one.</summary>
    public const int Most = 200;

    private int _open;

    public async Task AcceptAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        // A browser tells the page's origin truly, and opens a WebSocket from any page: only our own may.
        if (context.Request.Headers.Origin is not [{ } origin] || origin != $"{context.Request.Scheme}://{context.Request.Host}")
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        if (Interlocked.Increment(ref _open) > Most)
        {
            Interlocked.Decrement(ref _open);
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        try
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext { KeepAliveInterval = TimeSpan.FromSeconds(30), KeepAliveTimeout = TimeSpan.FromSeconds(30) });
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
            await ServeAsync(socket, ending.Token);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    private async Task ServeAsync(WebSocket socket, CancellationToken cancellationToken)
    {
        try
        {
            await new LanguageServerSession(new WebSocketChannel(socket), static _ => null, published: ledger.Rulesets.TextOf).RunAsync(cancellationToken);
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or WebSocketException)
        {
            // The page was closed or the service ends.
        }
    }
}
