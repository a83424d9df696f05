using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Rules.Engine.Wire;
using Rules.Ledger.Replays;

namespace Rules.Portal.Replays;

/// <summary>The progress of a replay as server-sent events: <c>progress</c> with each new figure, then one <c>end</c> with its state.</summary>
/// <param name="run">Null where it has ended.</param>
/// <param name="ended">Its state where it has.</param>
internal sealed class ReplayEvents(ReplayRunning? run, ReplayState ended) : IResult
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(150);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        var stopped = httpContext.RequestAborted;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        httpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        ReplayStep? told = null;
        while (run is { Ended.IsCompleted: false })
        {
            if (run.Step is var step && step != told)
            {
                await SendAsync(response, "progress", WireWriter.Write(step, Write), stopped);
                told = step;
            }

            await Task.WhenAny(run.Ended, Task.Delay(s_pause, stopped));
            stopped.ThrowIfCancellationRequested();
        }

        var state = run is null ? ended : await run.Ended;
        await SendAsync(response, "end", WireWriter.Write(Word(state), static (json, word) =>
        {
            json.WriteStartObject();
            json.WriteString("state"u8, word);
            json.WriteEndObject();
        }), stopped);
    }

    internal static void Write(Utf8JsonWriter json, ReplayStep step)
    {
        json.WriteStartObject();
        json.WriteBoolean("reading"u8, step.IsReading);
        json.WriteNumber("done"u8, step.Done);
        json.WriteNumber("events"u8, step.Events);
        json.WriteEndObject();
    }

    internal static string Word(ReplayState state) => state switch
    {
        ReplayState.Running => "running",
        ReplayState.Done => "done",
        ReplayState.Cancelled => "cancelled",
        _ => "failed",
    };

    private static async Task SendAsync(HttpResponse response, string name, byte[] data, CancellationToken cancellationToken)
    {
        await response.Body.WriteAsync(Encoding.UTF8.GetBytes($"event: {name}\ndata: "), cancellationToken);
        await response.Body.WriteAsync(data, cancellationToken);
        await response.Body.WriteAsync("\n\n"u8.ToArray(), cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
    }
}
