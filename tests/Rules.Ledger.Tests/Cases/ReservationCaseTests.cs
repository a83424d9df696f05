using System.Globalization;
using System.Text;
using System.Text.Json;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Accounts;
using Rules.Engine.Pricing;
using Rules.Ledger.Tests.Bank;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Rules.Ledger.Tests.Cases;

/// <summary>Published cases on refunds and reservations, each a rule file and a story made from the data alone, through the ledger.</summary>
public sealed class ReservationCaseTests(ITestOutputHelper output)
{
    private static readonly Instant _start = Instant.FromUtc(2026, 2, 3, 0, 0);

    // A case that the ledger means to answer differently, with the reason. None does.
    private static readonly Dictionary<string, string> _different = new(StringComparer.Ordinal);

    public static TheoryData<string> Cases => [.. Read().Select(static c => c.GetProperty("id").GetString()!)];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Published_case_holds(string id)
    {
        var found = await DifferencesAsync(Read().Single(c => c.GetProperty("id").GetString() == id));
        if (_different.TryGetValue(id, out var reason))
        {
            found.ShouldNotBeEmpty(reason);
            return;
        }

        found.ShouldBeEmpty();
    }

    [Fact]
    public async Task Every_published_case_is_counted()
    {
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var reservation in Read())
        {
            var id = reservation.GetProperty("id").GetString()!;
            var key = (await DifferencesAsync(reservation)).Count == 0 ? "equal" : _different.ContainsKey(id) ? "answered differently" : "wrong";
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }

        foreach (var (key, count) in counts)
        {
            output.WriteLine($"{key} {count}");
        }

        counts.GetValueOrDefault("wrong").ShouldBe(0);
        counts.Values.Sum().ShouldBe(20);
    }

    private static async Task<List<string>> DifferencesAsync(JsonElement reservation)
    {
        var time = new ManualTime(_start);
        await using var ledger = await CreditLedger.OpenInMemoryAsync(new LedgerOptions { Time = time }, default);
        await ledger.Rulesets.LoadAsync([new RuleFile("cases.v1.rules", RuleText(reservation))], default);
        (await ledger.OpenAccountAsync(new OpenAccount("a", "cases", _start), "open", default)).Status.ShouldBe(CommandStatus.Accepted);
        foreach (var bucket in reservation.GetProperty("buckets_in_burn_order").EnumerateArray())
        {
            var granted = Amount(bucket, "granted");
            if (granted.Sign > 0)
            {
                var grant = new GrantCredits(Text(bucket, "id"), Text(bucket, "id"), granted, time.Now);
                (await ledger.GrantAsync("a", grant, "grant-" + grant.Id, default)).Status.ShouldBe(CommandStatus.Accepted);
            }
        }

        var results = new List<string>();
        foreach (var step in reservation.GetProperty("steps").EnumerateArray())
        {
            time.Now += Duration.FromMinutes(1);
            results.Add(WordOf(await RunAsync(ledger, step, time.Now, results.Count)));
        }

        (await ledger.VerifyAsync(null, null, default)).Problems.ShouldBeEmpty();
        return Compare(reservation.GetProperty("expected"), (await ledger.BalanceAsync("a", null, default))!, results);
    }

    // Bucket by bucket in the order given; what is not paid is owed where the case allows overage, else refused.
    private static string RuleText(JsonElement reservation)
    {
        var text = new StringBuilder("""
            language 1
            ruleset cases version 1 effective 2026-01-01
            credit "credit" to 6 decimals, rounding half up
            account shop
            meter unit fractional
            action use
              measures unit
            price use
              per unit 1 credit
              corrections allowed

            """);
        var names = reservation.GetProperty("buckets_in_burn_order").EnumerateArray().Select(b => $"\"{Text(b, "id")}\"").ToList();
        foreach (var name in names)
        {
            text.Append(CultureInfo.InvariantCulture, $"bucket {name} from grant\n  unused never expires\n");
        }

        var shortfall = reservation.GetProperty("overage_allowed").GetBoolean() ? "owe" : "refuse";
        return text.Append(CultureInfo.InvariantCulture, $"consume {string.Join(", then ", names)}\nat zero\n  if short {shortfall}\n").ToString();
    }

    private static Task<CommandResult> RunAsync(CreditLedger ledger, JsonElement step, Instant at, int index)
    {
        var key = string.Create(CultureInfo.InvariantCulture, $"step-{index}");
        return step.GetProperty("op").GetString() switch
        {
            "use" => ledger.ChargeAsync("a", Usage(step, at), key, default),
            "refund" => ledger.RefundAsync("a", new RefundCredits(Amount(step, "amount"), at), key, default),
            "reserve" => ledger.HoldAsync("a", new HoldCredits(Text(step, "id"), Usage(step, at)), key, default),
            "confirm" => ledger.CaptureAsync("a", new CaptureHold(Text(step, "id"), at) { Amount = Amount(step, "amount") }, key, default),
            "expire" => ledger.ReleaseAsync("a", new ReleaseHold(Text(step, "id"), at) { Expires = true }, key, default),
            "replace_bucket" => ledger.ReplaceAsync("a", new ReplaceGrant(Text(step, "old"), Text(step, "new"), Amount(step, "granted"), at), key, default),
            var unknown => throw new InvalidOperationException($"No command for {unknown}."),
        };
    }

    private static UsageEvent Usage(JsonElement step, Instant at) => new() { OccurredAt = at, Action = "use", Amount = Amount(step, "amount") };

    private static string WordOf(CommandResult result) => result.Status switch
    {
        CommandStatus.Accepted => JsonDocument.Parse(result.Body).RootElement.TryGetProperty("repeated", out _) ? "no-op" : "ok",
        CommandStatus.Invalid when result.Error!.Code == ProblemCodes.IdUsed => "conflict",
        CommandStatus.Refused => "refused",
        _ => result.Status + " " + result.Error,
    };

    private static List<string> Compare(JsonElement expected, AccountBalance balance, List<string> results)
    {
        var found = new List<string>();
        Same("overage", Amount(expected, "overage"), balance.Debts.Sum(static d => d.Left));
        if (expected.TryGetProperty("balances", out var balances))
        {
            foreach (var bucket in balances.EnumerateObject())
            {
                // A grant has the id of the case's bucket; where one took its place, its own.
                Same(bucket.Name, ExactDecimal.Parse(bucket.Value.GetString()!), balance.Lots.Where(l => l.Lot.Id == bucket.Name).Sum(static l => l.Available));
            }
        }

        if (expected.TryGetProperty("total", out _))
        {
            Same("total", Amount(expected, "total"), balance.Lots.Sum(static l => l.Available));
        }

        if (expected.TryGetProperty("step_results", out var words) && !words.EnumerateArray().Select(static w => w.GetString()!).SequenceEqual(results))
        {
            found.Add($"steps: {string.Join(", ", results)}");
        }

        return found;

        void Same(string what, ExactDecimal wanted, long units)
        {
            var there = ExactDecimal.FromUnits(units, balance.Decimals);
            if (wanted != there)
            {
                found.Add($"{what}: {wanted.ToGroupedString()} expected, {there.ToGroupedString()} found");
            }
        }
    }

    private static ExactDecimal Amount(JsonElement element, string name) => ExactDecimal.Parse(element.GetProperty(name).GetString()!);

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static List<JsonElement> Read() =>
        [.. JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Cases", "reservation.json"))).RootElement.EnumerateArray()];
}
