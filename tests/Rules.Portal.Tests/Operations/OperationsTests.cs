using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Rules.Client;
using Rules.Ledger;
using Rules.Ledger.Access;
using Rules.Portal.Operations;
using Rules.Portal.Startup;
using Rules.Portal.Tests.Api;
using Shouldly;
using Xunit;

namespace Rules.Portal.Tests.Operations;

[Collection(SharedPortal.Name)]
public sealed partial class OperationsTests(RunningPortal portal)
{
    [Fact]
    public async Task Live_and_ready_answer_without_a_key()
    {
        using var http = portal.Holding(null);
        using var live = await http.GetAsync(new Uri("/health/live", UriKind.Relative));
        using var ready = await http.GetAsync(new Uri("/health/ready", UriKind.Relative));

        live.StatusCode.ShouldBe(HttpStatusCode.OK);
        ready.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await ready.Content.ReadAsStringAsync()).ShouldBe("""{"status":"ready","checks":{"database":"ok","clock":"ok","service":"ok"}}""");
    }

    [Fact]
    public async Task Clock_that_went_back_is_not_ready()
    {
        var clock = new SettableClock();
        await using var ledger = await CreditLedger.OpenInMemoryAsync(new LedgerOptions { Time = clock }, default);
        using var lifetime = new Lifetime();
        using var readiness = new Readiness(ledger, lifetime.Value, clock);
        (await readiness.LookAsync(default)).ShouldBe(("ok", "ok", "ok"));

        clock.Now = clock.Now.AddMinutes(-1);

        (await readiness.LookAsync(default)).ShouldBe(("ok", "behind", "ok"));
        lifetime.Value.StopApplication();
        (await readiness.LookAsync(default)).Service.ShouldBe("stopping");
    }

    [Fact]
    public async Task Metrics_are_well_formed_and_tell_nothing_of_anyones_data()
    {
        var account = await portal.OpenBookbagAsync("Pro");
        var key = portal.New("canary");
        for (var time = 0; time < 2; time++)
        {
            (await portal.Client.ChargeAsync(new UsageEvent { Account = account, Action = "reply", Facts = new Dictionary<string, string> { ["model"] = "GPT-4o" } }, key)).EnsureGranted();
        }

        using var stranger = portal.Holding(null);
        using var refused = await stranger.GetAsync(new Uri("/v1/keys", UriKind.Relative));

        // A request is counted when it is over, and a client may have its answer a moment before that.
        HttpResponseMessage response;
        string text;
        var patience = Stopwatch.StartNew();
        do
        {
            response = await stranger.GetAsync(new Uri("/metrics", UriKind.Relative));
            text = await response.Content.ReadAsStringAsync();
        }
        while (Counted(text, """rules_requests_total{operation="charge",status="200"}""") < 2 && patience.Elapsed < TimeSpan.FromSeconds(30));

        response.Content.Headers.ContentType!.ToString().ShouldStartWith("text/plain; version=0.0.4");
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Line.IsMatch(line).ShouldBeTrue(line);
        }

        Value(text, """rules_commands_total{command="charge",outcome="charged"}""").ShouldBeGreaterThanOrEqualTo(2);
        Value(text, """rules_replays_total{command="charge"}""").ShouldBeGreaterThanOrEqualTo(1);
        Value(text, """rules_requests_total{operation="charge",status="200"}""").ShouldBeGreaterThanOrEqualTo(2);
        Value(text, """rules_refusals_total{code="api_key_required"}""").ShouldBeGreaterThanOrEqualTo(1);
        Value(text, "rules_commit_commands_count").ShouldBeGreaterThanOrEqualTo(1);
        Value(text, """rules_commit_duration_seconds_bucket{le="+Inf"}""").ShouldBe(Value(text, "rules_commit_duration_seconds_count"));
        Value(text, "rules_queue_length").ShouldBeGreaterThanOrEqualTo(0);
        text.ShouldNotContain(account);
        text.ShouldNotContain(key);
        text.ShouldNotContain(ApiKeyText.IdOf(portal.Key).ToString());
        text.Split('\n').Length.ShouldBeLessThan(2_000);
    }

    [Fact]
    public async Task Metrics_and_traces_go_to_the_collector_that_is_named_and_hold_no_account()
    {
        var received = new ConcurrentDictionary<string, byte[]>();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var collector = builder.Build();
        collector.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            received.AddOrUpdate(context.Request.Path.Value!, _ => body.ToArray(), (_, before) => [.. before, .. body.ToArray()]);
        });
        await collector.StartAsync();
        var home = Directory.CreateTempSubdirectory("rules-otlp-").FullName;
        await using (var traced = await PortalApplication.StartAsync(
            ["--urls", "http://127.0.0.1:0", "--Rules:Home", home, "--Rules:Sample", "off", "--environment", "Production", "--Rules:Otlp", collector.Urls.Single()]))
        {
            var issued = await traced.Ledger.Keys.CreateAsync(new NewApiKey { Name = "t", Scopes = KeyScopes.All, CreatedBy = "command" }, default);
            using var http = new HttpClient { BaseAddress = traced.Address };
            var client = new RulesClient(http, issued.Text);
            (await client.OpenAccountAsync(new NewAccount { Account = "canary-account", Ruleset = "biodock" }, "open")).EnsureGranted();
            (await client.AccountAsync("canary-account")).EnsureGranted();
        }

        Directory.Delete(home, recursive: true);
        received.Keys.ShouldBe(["/v1/metrics", "/v1/traces"], ignoreOrder: true);
        Text(received["/v1/metrics"]).ShouldContain("rules.commands");
        Text(received["/v1/traces"]).ShouldContain("ledger.commit");
        Text(received["/v1/traces"]).ShouldContain("/v1/accounts/{account}");
        Text(received["/v1/traces"]).ShouldNotContain("canary-account");
    }

    private static string Text(byte[] body) => Encoding.Latin1.GetString(body);

    private static long Counted(string text, string series) => text.Contains(series + " ", StringComparison.Ordinal) ? Value(text, series) : 0;

    private static long Value(string text, string series)
    {
        var line = text.Split('\n').SingleOrDefault(line => line.StartsWith(series + " ", StringComparison.Ordinal)).ShouldNotBeNull(series + "\n" + text);
        return long.Parse(line[(series.Length + 1)..], System.Globalization.CultureInfo.InvariantCulture);
    }

    [GeneratedRegex("""^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{([a-z_]+="[A-Za-z0-9_.+-]*",?)+\})? -?[0-9.]+)$""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Line { get; }

    private sealed class SettableClock : TimeProvider
    {
        private long _looks;

        public DateTimeOffset Now { get; set; } = new(2026, 5, 1, 10, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;

        // Every look is long after the one before.
        public override long GetTimestamp() => Interlocked.Increment(ref _looks) * TimeSpan.TicksPerHour;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;
    }

    private sealed class Lifetime : IDisposable
    {
        public ApplicationLifetime Value { get; } = new(NullLogger<ApplicationLifetime>.Instance);

        public void Dispose() => Value.StopApplication();
    }
}
