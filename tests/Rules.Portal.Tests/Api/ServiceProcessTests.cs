using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Rules.Client;
using Rules.Ledger;
using Rules.Portal.Startup;
using Shouldly;
using Xunit;

namespace Rules.Portal.Tests.Api;

public sealed class ServiceProcessTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("rules-process-").FullName;

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Fact]
    public async Task Kill_in_the_middle_of_a_thousand_charges_loses_nothing_and_doubles_nothing()
    {
        const int charges = 1_000;
        const int killAfter = 300;
        var acknowledged = new ConcurrentDictionary<int, byte[]>();
        await using (var service = await ServiceProcess.StartAsync(_home))
        {
            var client = new RulesClient(service.Http);
            (await client.OpenAccountAsync(new NewAccount { Account = "desk", Ruleset = "bookbag", Plan = "Pro" }, "open")).EnsureGranted();
            var next = -1;
            var reached = new TaskCompletionSource();
            var senders = Enumerable.Range(0, 16).Select(async _ =>
            {
                for (var number = Interlocked.Increment(ref next); number < charges; number = Interlocked.Increment(ref next))
                {
                    try
                    {
                        var answer = await client.ChargeAsync(Reply, Key(number));
                        answer.EnsureGranted();
                        acknowledged[number] = answer.Body.ToArray();
                    }
                    catch (HttpRequestException)
                    {
                        return;
                    }

                    if (acknowledged.Count >= killAfter)
                    {
                        reached.TrySetResult();
                    }
                }
            }).ToArray();
            await reached.Task;
            await service.KillAsync();
            await Task.WhenAll(senders);
        }

        acknowledged.Count.ShouldBeInRange(killAfter, charges - 1);
        await using (var service = await ServiceProcess.StartAsync(_home))
        {
            var client = new RulesClient(service.Http);
            await Parallel.ForEachAsync(Enumerable.Range(0, charges), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (number, stop) =>
            {
                var answer = await client.ChargeAsync(Reply, Key(number), stop);
                answer.EnsureGranted();
                if (acknowledged.TryGetValue(number, out var first))
                {
                    answer.Replayed.ShouldBeTrue();
                    answer.Body.ToArray().ShouldBe(first);
                }
            });

            var keys = new List<string>();
            await foreach (var entry in client.AllEntriesAsync("desk", "charge"))
            {
                keys.Add(entry.IdempotencyKey);
            }

            keys.Order(StringComparer.Ordinal).ShouldBe(Enumerable.Range(0, charges).Select(Key).Order(StringComparer.Ordinal));
            (await client.BalanceAsync("desk")).EnsureGranted().Balances["allotment"].ShouldBe(40_000 - (2 * charges));
            (await service.StopAsync()).ShouldBe(0);
        }

        await using var ledger = await CreditLedger.OpenSqliteAsync(Path.Combine(_home, "rules.db"), new LedgerOptions(), default);
        var report = await ledger.VerifyAsync(null, null, default);
        report.Problems.ShouldBeEmpty();
        report.Entries.ShouldBeGreaterThanOrEqualTo(charges);
    }

    [Fact]
    public async Task Stopped_service_keeps_its_data_and_ends_with_0()
    {
        byte[] first;
        await using (var service = await ServiceProcess.StartAsync(_home))
        {
            var client = new RulesClient(service.Http);
            (await client.OpenAccountAsync(new NewAccount { Account = "lab", Ruleset = "biodock" }, "open")).EnsureGranted();
            first = (await client.ChargeAsync(Run, "run")).Body.ToArray();
            (await service.StopAsync()).ShouldBe(0);
        }

        await using (var service = await ServiceProcess.StartAsync(_home))
        {
            var again = await new RulesClient(service.Http).ChargeAsync(Run, "run");

            again.Replayed.ShouldBeTrue();
            again.Body.ToArray().ShouldBe(first);
        }
    }

    [Fact]
    public async Task Refused_starts_say_why_and_end_with_their_code()
    {
        var (publicAddress, publicErrors) = await ServiceProcess.RefusedAsync(_home, "--urls", "http://0.0.0.0:5080");
        publicAddress.ShouldBe(ExitCodes.Usage);
        publicErrors.ShouldContain("this machine only");
        publicErrors.ShouldNotContain("   at ");

        await using var service = await ServiceProcess.StartAsync(_home);
        var (second, secondErrors) = await ServiceProcess.RefusedAsync(_home);
        second.ShouldBe(LedgerStartException.TemporarilyUnavailable);
        secondErrors.ShouldNotContain("   at ");
        var other = Directory.CreateTempSubdirectory("rules-process-").FullName;
        var (taken, takenErrors) = await ServiceProcess.RefusedAsync(other, "--urls", service.Http.BaseAddress!.ToString().TrimEnd('/'));
        taken.ShouldBe(ExitCodes.AddressInUse);
        takenErrors.ShouldContain("another port");
        takenErrors.ShouldNotContain("   at ");
        Directory.Delete(other, recursive: true);
    }

    [Fact]
    public async Task Log_is_json_line_by_line_and_holds_nothing_that_a_caller_sent()
    {
        const string canary = "canary-5f1c";
        string log;
        await using (var service = await ServiceProcess.StartAsync(_home))
        {
            string[] bodies = ["{\"account\":\"" + canary + "\",\"action\":\"x\"}", "{\"" + canary + "\":1}", canary + "\r\n{\"LogLevel\":\"Critical\"}", "{\"account\":\"" + new string('x', 200_000) + canary];
            foreach (var body in bodies)
            {
                foreach (var path in new[] { "/v1/charges", "/v1/quotes", "/v1/nothing", "/v1/charges%0d%0a" + canary })
                {
                    using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
                    request.Headers.Add("Idempotency-Key", canary);
                    request.Headers.Add("Authorization", "Bearer " + canary);
                    using var response = await service.Http.SendAsync(request);
                    ((int)response.StatusCode).ShouldBeInRange(400, 499);
                }
            }

            await service.StopAsync();
            log = await service.Log;
        }

        log.ShouldNotContain(canary);
        foreach (var line in log.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var entry = JsonDocument.Parse(line);
            entry.RootElement.GetProperty("LogLevel").GetString().ShouldNotBe("Critical");
        }
    }

    private static UsageEvent Reply { get; } = new()
    {
        Account = "desk",
        Action = "reply",
        Facts = new Dictionary<string, string> { ["model"] = "Claude Haiku 4.5" },
        Record = new Dictionary<string, string> { ["agent"] = "a", ["conversation"] = "c" },
    };

    private static UsageEvent Run { get; } = new()
    {
        Account = "lab",
        Action = "analysis",
        Quantities = new Dictionary<string, decimal> { ["image"] = 6000, ["crop"] = 120000 },
        Keys = new Dictionary<string, string> { ["run"] = "r" },
    };

    private static string Key(int number) => string.Create(CultureInfo.InvariantCulture, $"charge-{number}");
}
