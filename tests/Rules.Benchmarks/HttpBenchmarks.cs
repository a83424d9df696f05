using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Ledger.Access;
using Rules.Portal.Startup;

namespace Rules.Benchmarks;

/// <summary>
/// Requests per second on loopback: quotes and durable charges of the whole service, beside an endpoint of the same server that reads the body and
/// sends the bytes of a quote's answer. The load is made in the same process by bare sockets, one request at a time on each connection.
/// </summary>
internal static class HttpBenchmarks
{
    private const int Accounts = 200;
    private const int Rounds = 3;
    private const int WarmUp = 300_000;

    private static readonly (int Connections, int Requests)[] Loads = [(64, 20_000), (256, 20_000)];

    public static async Task RunAsync(TextWriter output)
    {
        var home = Directory.CreateTempSubdirectory("rules-benchmark-").FullName;
        try
        {
            await RunAsync(home, output);
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    private static async Task RunAsync(string home, TextWriter output)
    {
        await using var portal = await PortalApplication.StartAsync(
            ["--urls", "http://127.0.0.1:0", "--Rules:Home", home, "--Rules:Sample", "off", "--Rules:RequestsPerSecond", "1000000", "--environment", "Production"]);
        var key = (await portal.Ledger.Keys.CreateAsync(new NewApiKey { Name = "load", Scopes = KeyScopes.All, CreatedBy = "command" }, default)).Text;
        for (var account = 0; account < Accounts; account++)
        {
            await portal.Ledger.OpenAccountAsync(
                new OpenAccount(Account(account), "bookbag", SystemClock.Instance.GetCurrentInstant()) { Plan = "Pro" }, "open", default);
        }

        var service = new IPEndPoint(IPAddress.Loopback, portal.Address.Port);
        var answer = await AnswerOfQuoteAsync(service, key);
        await using var constant = Constant(answer);
        await constant.StartAsync();
        var constantAddress = new IPEndPoint(IPAddress.Loopback, new Uri(constant.Urls.Single()).Port);

        await output.WriteLineAsync("connections  endpoint   requests/s  of constant  of quotes  p50 ms  p99 ms  us cpu  cpu of constant");
        var number = 0;
        // The framework comes compiled, the service's own code is compiled twice more while it runs; a service is that old after a minute, and stays so for days.
        await LoadAsync(constantAddress, 64, WarmUp / 3, _ => Request("/constant", key, 0, keyed: false));
        await LoadAsync(service, 64, WarmUp, n => Request("/v1/quotes", key, n, keyed: false));
        await LoadAsync(service, 64, WarmUp / 3, _ => Request("/v1/charges", key, Interlocked.Increment(ref number), keyed: true));
        foreach (var (connections, requests) in Loads)
        {
            var figures = new Dictionary<string, List<Load>>(StringComparer.Ordinal) { ["constant"] = [], ["quotes"] = [], ["charges"] = [] };
            for (var round = -1; round < Rounds; round++)
            {
                var kept = new Dictionary<string, Load>(StringComparer.Ordinal)
                {
                    ["constant"] = await LoadAsync(constantAddress, connections, requests, _ => Request("/constant", key, 0, keyed: false)),
                    ["quotes"] = await LoadAsync(service, connections, requests, n => Request("/v1/quotes", key, n, keyed: false)),
                    ["charges"] = await LoadAsync(service, connections, requests, _ => Request("/v1/charges", key, Interlocked.Increment(ref number), keyed: true)),
                };
                foreach (var (name, load) in kept)
                {
                    // The first round of each load is not counted.
                    if (round >= 0)
                    {
                        figures[name].Add(load);
                    }
                }
            }

            var (ofConstant, ofQuotes) = (Median(figures["constant"]), Median(figures["quotes"]));
            foreach (var name in figures.Keys)
            {
                var median = Median(figures[name]);
                await output.WriteLineAsync(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{connections,11}  {name,-9}  {median.PerSecond,10:N0}  {median.PerSecond / ofConstant.PerSecond,11:N2}  {median.PerSecond / ofQuotes.PerSecond,9:N2}  {median.P50,6:N2}  {median.P99,6:N2}  {median.Processor,6:N1}  {ofConstant.Processor / median.Processor,15:N2}"));
            }
        }

        var report = await portal.Ledger.VerifyAsync(null, null, default);
        if (!report.Holds || report.Entries < number)
        {
            throw new InvalidOperationException($"The ledger does not hold what was charged: {report.Entries} entries for {number} charges.");
        }
    }

    private static WebApplication Constant(byte[] answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(options => options.AddServerHeader = false);
        var app = builder.Build();
        app.MapPost("/constant", async (HttpContext context) =>
        {
            var reader = context.Request.BodyReader;
            while (true)
            {
                var read = await reader.ReadAsync();
                reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    break;
                }
            }

            context.Response.ContentType = "application/json";
            context.Response.ContentLength = answer.Length;
            await context.Response.Body.WriteAsync(answer);
        });
        return app;
    }

    private static string Account(int number) => string.Create(CultureInfo.InvariantCulture, $"account-{number % Accounts}");

    private static byte[] Request(string path, string key, int number, bool keyed)
    {
        var body = $$$"""{"account":"{{{Account(number)}}}","action":"reply","facts":{"model":"Claude Haiku 4.5"},"record":{"agent":"a","conversation":"c"}}""";
        var idempotency = keyed ? string.Create(CultureInfo.InvariantCulture, $"Idempotency-Key: load-{number}\r\n") : "";
        return Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\n{idempotency}Content-Length: {body.Length}\r\n\r\n{body}"));
    }

    private static async Task<byte[]> AnswerOfQuoteAsync(IPEndPoint service, string key)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(service);
        var buffer = new byte[64 * 1024];
        var (start, length) = await ExchangeAsync(socket, Request("/v1/quotes", key, 0, keyed: false), buffer);
        return buffer.AsSpan(start, length).ToArray();
    }

    private static async Task<Load> LoadAsync(IPEndPoint address, int connections, int requests, Func<int, byte[]> request)
    {
        var next = -1;
        var latencies = new long[requests];
        var sockets = new Socket[connections];
        for (var connection = 0; connection < connections; connection++)
        {
            sockets[connection] = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await sockets[connection].ConnectAsync(address);
        }

        var cpu = Environment.CpuUsage.TotalTime;
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(sockets.Select(socket => Task.Run(async () =>
        {
            var buffer = new byte[64 * 1024];
            for (var number = Interlocked.Increment(ref next); number < requests; number = Interlocked.Increment(ref next))
            {
                var sent = Stopwatch.GetTimestamp();
                await ExchangeAsync(socket, request(number), buffer);
                latencies[number] = Stopwatch.GetTimestamp() - sent;
            }
        })));
        var elapsed = Stopwatch.GetElapsedTime(started);
        var processor = (Environment.CpuUsage.TotalTime - cpu).Ticks / (decimal)TimeSpan.TicksPerMicrosecond / requests;
        foreach (var socket in sockets)
        {
            socket.Dispose();
        }

        Array.Sort(latencies);
        return new Load(requests / (decimal)elapsed.TotalSeconds, Milliseconds(latencies, 50), Milliseconds(latencies, 99), processor);
    }

    /// <summary>Sends a request and reads its answer, which must be 200; tells where its body stands.</summary>
    private static async Task<(int Start, int Length)> ExchangeAsync(Socket socket, byte[] request, byte[] buffer)
    {
        await socket.SendAsync(request);
        var filled = 0;
        while (true)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(filled));
            if (read == 0)
            {
                throw new InvalidOperationException("The connection was closed.");
            }

            filled += read;
            var head = buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8);
            if (head < 0)
            {
                continue;
            }

            if (!buffer.AsSpan().StartsWith("HTTP/1.1 200"u8))
            {
                throw new InvalidOperationException(Encoding.UTF8.GetString(buffer, 0, filled));
            }

            var at = buffer.AsSpan(0, head).IndexOf("Content-Length: "u8) + "Content-Length: ".Length;
            if (!Utf8Parser.TryParse(buffer.AsSpan(at), out int length, out _))
            {
                throw new InvalidOperationException("The answer does not say its length.");
            }

            if (filled >= head + 4 + length)
            {
                return (head + 4, length);
            }
        }
    }

    private static Load Median(List<Load> loads) => loads.OrderBy(load => load.PerSecond).ElementAt(loads.Count / 2);

    private static decimal Milliseconds(long[] sorted, int percentile) => sorted[Math.Min(sorted.Length - 1, sorted.Length * percentile / 100)] * 1_000m / Stopwatch.Frequency;

    /// <param name="Processor">Microseconds of the processors per request, on both sides of the connection.</param>
    private sealed record Load(decimal PerSecond, decimal P50, decimal P99, decimal Processor);
}
