using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Rules.Portal.Tests.Alerts;

/// <summary>A receiver of webhooks on a loopback port of its own; how it behaves can be changed while it runs.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Receiver(WebApplication app) => _app = app;

    public ConcurrentQueue<(string? Signature, string? Message, byte[] Body)> Received { get; } = [];

    /// <summary>Runs after the request has been read and noted.</summary>
    public Func<HttpContext, Task> Behaviour { get; set; } = static _ => Task.CompletedTask;

    public Uri Address => new(_app.Urls.Single());

    /// <param name="port">0: any free one.</param>
    public static async Task<Receiver> StartAsync(int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port.ToString(System.Globalization.CultureInfo.InvariantCulture)}");
        var receiver = new Receiver(builder.Build());
        receiver._app.Run(receiver.TakeAsync);
        await receiver._app.StartAsync();
        return receiver;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        Received.Enqueue((context.Request.Headers["Rules-Signature"], context.Request.Headers["Rules-Message"], body.ToArray()));
        await Behaviour(context);
    }
}
