using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Rules.Cli.Tests.Commands;

namespace Rules.Cli.Tests.Stories;

/// <summary>Published cases on refunds and reservations, each a rule file and a story that are made from the data alone, through <c>rules run</c>.</summary>
public sealed class ReservationStoryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Cases => [.. Read().Select(static c => (string)c["id"]!)];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Published_case_holds_as_a_story(string id)
    {
        var reservation = Read().Single(c => (string)c["id"]! == id);
        var story = StoryOf(reservation);

        var run = await CommandRun.Of("run", _folder.Write("cases.v1.rules", RulesOf(reservation)), _folder.Write("story.jsonl", string.Join('\n', story) + "\n"));

        run.Error.ShouldBeEmpty();
        var results = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonNode.Parse(line)!).ToList();
        results.Count.ShouldBe(story.Count);
        var expected = reservation["expected"]!;
        var balance = results[^1];
        Amount(balance["owed"]).ShouldBe(Amount(expected["overage"]));
        foreach (var (bucket, left) in expected["balances"]?.AsObject() ?? [])
        {
            // A grant has the id of the case's bucket; where one took its place, its own.
            balance["lots"]!.AsArray().Where(lot => (string)lot!["id"]! == bucket).Sum(static lot => Amount(lot!["available"])).ShouldBe(Amount(left), bucket);
        }

        if (expected["total"] is { } total)
        {
            balance["lots"]!.AsArray().Sum(static lot => Amount(lot!["available"])).ShouldBe(Amount(total));
        }

        if (expected["step_results"]?.AsArray() is { } words)
        {
            results.TakeLast(words.Count + 1).SkipLast(1).Select(WordOf).ShouldBe(words.Select(static word => (string)word!));
        }
    }

    [Fact]
    public void Every_published_case_is_told() => Read().Count.ShouldBe(20);

    // Bucket by bucket in the order given; what is not paid is owed where the case allows overage, else refused.
    private static string RulesOf(JsonNode reservation)
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
        var names = reservation["buckets_in_burn_order"]!.AsArray().Select(static bucket => $"\"{bucket!["id"]}\"").ToList();
        foreach (var name in names)
        {
            text.Append(CultureInfo.InvariantCulture, $"bucket {name} from grant\n  unused never expires\n");
        }

        var shortfall = (bool)reservation["overage_allowed"]! ? "owe" : "refuse";
        return text.Append(CultureInfo.InvariantCulture, $"consume {string.Join(", then ", names)}\nat zero\n  if short {shortfall}\n").ToString();
    }

    private static List<string> StoryOf(JsonNode reservation)
    {
        List<string> story = ["""{"do":"subscribe","at":"2026-02-03T00:00:00Z"}"""];
        story.AddRange(reservation["buckets_in_burn_order"]!.AsArray().Where(static bucket => Amount(bucket!["granted"]) > 0)
            .Select(static bucket => $$"""{"do":"grant","id":"{{bucket!["id"]}}","bucket":"{{bucket["id"]}}","amount":"{{bucket["granted"]}}"}"""));
        story.AddRange(reservation["steps"]!.AsArray().Select((step, index) => StepOf(step!, string.Create(CultureInfo.InvariantCulture, $"\"at\":\"2026-02-03T00:{index + 1:00}:00Z\""))));
        story.Add("""{"do":"balance"}""");
        return story;
    }

    private static string StepOf(JsonNode step, string at) => (string)step["op"]! switch
    {
        "use" => $$"""{"do":"use",{{at}},"amount":"{{step["amount"]}}"}""",
        "refund" => $$"""{"do":"refund",{{at}},"amount":"{{step["amount"]}}"}""",
        "reserve" => $$"""{"do":"hold",{{at}},"id":"{{step["id"]}}","amount":"{{step["amount"]}}"}""",
        "confirm" => $$"""{"do":"capture",{{at}},"id":"{{step["id"]}}","amount":"{{step["amount"]}}"}""",
        "expire" => $$"""{"do":"expire",{{at}},"id":"{{step["id"]}}"}""",
        "replace_bucket" => $$"""{"do":"replace",{{at}},"grant":"{{step["old"]}}","id":"{{step["new"]}}","amount":"{{step["granted"]}}"}""",
        var unknown => throw new InvalidOperationException($"No step for {unknown}."),
    };

    private static string WordOf(JsonNode result) => ((bool)result["ok"]!, (string?)result["code"]) switch
    {
        (true, _) => result["repeated"] is null ? "ok" : "no-op",
        (_, "id-used") => "conflict",
        (_, "refused" or "blocked") => "refused",
        var (_, code) => code ?? "",
    };

    private static decimal Amount(JsonNode? node) => decimal.Parse((string)node!, CultureInfo.InvariantCulture);

    private static List<JsonNode> Read() => [.. JsonNode.Parse(SourceTree.Read("tests/Rules.Ledger.Tests/Cases/reservation.json"))!.AsArray().Select(static c => c!)];
}
