using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Rules.Ledger;
using Rules.Portal.Startup;

namespace Rules.Portal.Operations;

/// <summary>
/// Sends metrics and traces to a collector by OTLP, where one is named; what it names otherwise (headers, intervals, sampling) is read from the
/// standard <c>OTEL_…</c> variables. Spans hold route templates, never addresses with accounts.
/// </summary>
public sealed class Telemetry(PortalSettings settings) : IHostedService, IDisposable
{
    private MeterProvider? _metrics;
    private TracerProvider? _traces;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (settings.Otlp is { } collector)
        {
            var resource = ResourceBuilder.CreateDefault().AddService("rules", serviceVersion: typeof(Telemetry).Assembly.GetName().Version?.ToString(3));
            _metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(LedgerInstruments.Name, PortalInstruments.Name)
                .AddOtlpExporter(options => SendTo(options, collector, "v1/metrics")).Build();
            _traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource("Microsoft.AspNetCore", LedgerInstruments.Name)
                .AddProcessor(new WithoutAddresses()).AddOtlpExporter(options => SendTo(options, collector, "v1/traces")).Build();
        }

        return Task.CompletedTask;
    }

    /// <summary>Sends what has gathered.</summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _metrics?.Dispose();
        _traces?.Dispose();
        _metrics = null;
        _traces = null;
    }

    private static void SendTo(OtlpExporterOptions options, Uri collector, string path)
    {
        options.Protocol = OtlpExportProtocol.HttpProtobuf;
        options.Endpoint = new Uri(collector, path);
    }

    /// <summary>Takes addresses and queries off the framework's spans: they hold ids of accounts.</summary>
    private sealed class WithoutAddresses : BaseProcessor<System.Diagnostics.Activity>
    {
        private static readonly string[] _names = ["url.path", "url.query", "url.full", "http.target", "http.url", "user_agent.original", "client.address"];

        public override void OnEnd(System.Diagnostics.Activity data)
        {
            foreach (var name in _names)
            {
                data.SetTag(name, null);
            }
        }
    }
}
