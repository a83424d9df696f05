using System.Text;
using Rules.Engine.Wire;

namespace Rules.Portal.Operations;

/// <summary>
/// What a supervisor asks: <c>/health/live</c>, <c>/health/ready</c> and <c>/metrics</c>. They need no key, as the service listens on this machine
/// only, and tell nothing of anyone's data.
/// </summary>
internal static class OperationsApi
{
    public static IServiceCollection AddOperations(this IServiceCollection services) => services
        .AddSingleton<MetricsPage>().AddSingleton<Readiness>().AddHostedService<Telemetry>();

    public static void MapOperations(this WebApplication app)
    {
        // Made now: what is counted before somebody asks counts too.
        var metrics = app.Services.GetRequiredService<MetricsPage>();
        app.MapGet("/health/live", () => Results.Text("{\"status\":\"live\"}", "application/json", Encoding.UTF8)).WithName("live").AllowAnonymous().ExcludeFromDescription();
        app.MapGet("/health/ready", ReadyAsync).WithName("ready").AllowAnonymous().ExcludeFromDescription();
        app.MapGet("/metrics", () => Results.Text(metrics.Write(), MetricsPage.ContentType, Encoding.UTF8)).WithName("metrics").AllowAnonymous().ExcludeFromDescription();
    }

    private static async Task<IResult> ReadyAsync(Readiness readiness, CancellationToken cancellationToken)
    {
        var (database, clock, service) = await readiness.LookAsync(cancellationToken);
        var isReady = (database, clock, service) == ("ok", "ok", "ok");
        var body = WireWriter.Write((database, clock, service, isReady), static (json, it) =>
        {
            json.WriteStartObject();
            json.WriteString("status"u8, it.isReady ? "ready" : "not_ready");
            json.WriteStartObject("checks"u8);
            json.WriteString("database"u8, it.database);
            json.WriteString("clock"u8, it.clock);
            json.WriteString("service"u8, it.service);
            json.WriteEndObject();
            json.WriteEndObject();
        });
        return Results.Text(Encoding.UTF8.GetString(body), "application/json", Encoding.UTF8, isReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }
}
