using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Pricing;
using Rules.Ledger;

namespace Rules.Cli.Tests.Commands;

/// <summary>Past usage under an amended page, as a person reads it.</summary>
public sealed class ReplayTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ReplayTests()
    {
        var text = File.ReadAllText(Path.Combine(SourceTree.Root, "rules", "bookbag", "bookbag.v1.rules"));
        _folder.Write("bookbag.v1.rules", text);
        _folder.Write("bookbag.v2.rules", text.Replace("\"GPT-4o\"             5 credits", "\"GPT-4o\"             6 credits", StringComparison.Ordinal)
            .Replace("ruleset bookbag version 1", "ruleset bookbag version 2", StringComparison.Ordinal));
        // A free account with 100 credits: 1 + 19 × 5 fit, then 4 are left; at 6 a reply, 1 + 16 × 6 fit.
        var usage = new StringBuilder();
        usage.AppendLine("""{"account":"acme","at":"2026-05-01T10:00:00Z","action":"reply","facts":{"model":"GPT-4o mini"},"record":{"agent":"web"},"state":{"plan":"Free"}}""");
        usage.AppendLine("""{"account":"bolt","at":"2026-05-02T11:00:00Z","action":"reply","facts":{"model":"GPT-4o"},"record":{"agent":"mail"},"state":{"plan":"Hobby"}}""");
        for (var day = 2; day < 25; day++)
        {
            usage.AppendLine(string.Create(
                CultureInfo.InvariantCulture, $$$"""{"account":"acme","at":"2026-05-{{{day:00}}}T12:00:00Z","action":"reply","facts":{"model":"GPT-4o"},"record":{"agent":"web"}}"""));
        }

        _folder.Write("usage.jsonl", usage.ToString());
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_an_amended_page_does_is_told_in_words_and_figures()
    {
        var run = await Replay("--by", "agent");

        run.ExitCode.ShouldBe(0);
        run.Error.ShouldBeEmpty();
        _folder.Strip(run.Output).ShouldBe("""
            bookbag: version 1 against version 2
            25 events of 2 accounts, 2026-05-01 to 2026-05-24, UTC

                                                version 1   version 2       change
              credits charged                         101         103    +2 (+2 %)
              uses blocked, paused or refused           4           7   +3 (+75 %)
              accounts that run out                     1           1           ±0

            version 2 touches 2 of 2 accounts
              acme   96   → 97    +1 (+1 %)   runs out 3 days sooner, on 2026-05-18
              bolt    5    → 6   +1 (+20 %)

            What makes the difference
            reply, model GPT-4o: +2 in all under version 2
              most: account acme at 2026-05-02T12:00:00Z, 5 → 6
              - GPT-4o at 5  bookbag.v1.rules:36
              + GPT-4o at 6  bookbag.v2.rules:36

            checks of version 2
              ✓ Nothing that cost something is free now            0      of 0
              ✓ Nothing gives credits back that did not            0      of 0
              ✓ Every event that had a price has one               0      of 0
              ✗ No account runs out sooner                         1      of 0
              ✗ No more uses are blocked, paused or refused        3      of 0
              ✓ No account pays much more                     20.0 %   of 25 %
              ✓ The total stays near what it was               2.0 %   of 10 %

            by agent
              mail    5    6
              web    96   97

            """);
    }

    [Fact]
    public async Task Events_that_cannot_be_priced_are_told_with_the_reason_for_each_side()
    {
        var usage = _folder.Write("unpriced.jsonl", """
            {"account":"acme","at":"2026-05-01T10:00:00Z","action":"reply","facts":{"model":"GPT-4o"},"state":{"plan":"Hobby"}}
            {"account":"acme","at":"2026-05-02T10:00:00Z","action":"dream"}
            {"account":"acme","at":"2026-05-03T10:00:00Z","action":"dream"}

            """);
        var run = await CommandRun.Of("replay", "--rules", Path.Combine(_folder.Path, "bookbag.v1.rules"), "--against", Path.Combine(_folder.Path, "bookbag.v2.rules"), usage);

        run.Output.ShouldContain("""
            What cannot be priced
            dream: 2 events under version 1, 2 events under version 2
              first: account acme at 2026-05-02T10:00:00Z

            """);
        run.Output.ShouldContain("  help: ");
    }

    [Fact]
    public async Task Accounts_that_are_charged_alike_and_keep_another_balance_are_not_called_unchanged()
    {
        // 20 of 100 credits are used in May, and 5 in June: of the 80 left, at most 50 are carried under the second version.
        var rules = File.ReadAllText(PathOf("bookbag.v1.rules"));
        rules = rules[..rules.IndexOf("# The page in worked examples", StringComparison.Ordinal)];
        _folder.Write("carried.rules", rules.Replace("unused expires at cycle end", "unused rolls over up to 50 credits for 1 cycle", StringComparison.Ordinal)
            .Replace("ruleset bookbag version 1", "ruleset bookbag version 2", StringComparison.Ordinal));
        var usage = _folder.Write("two-months.jsonl", """
            {"account":"acme","at":"2026-05-02T10:00:00Z","action":"reply","facts":{"model":"GPT-4o"},"state":{"plan":"Free"}}
            {"account":"acme","at":"2026-05-03T10:00:00Z","action":"reply","facts":{"model":"GPT-4o"}}
            {"account":"acme","at":"2026-05-04T10:00:00Z","action":"reply","facts":{"model":"GPT-4o"}}
            {"account":"acme","at":"2026-05-05T10:00:00Z","action":"reply","facts":{"model":"GPT-4o"}}
            {"account":"acme","at":"2026-06-06T10:00:00Z","action":"reply","facts":{"model":"GPT-4o"}}

            """);
        var run = await CommandRun.Of("replay", "--rules", PathOf("bookbag.v1.rules"), "--against", PathOf("carried.rules"), usage);

        run.ExitCode.ShouldBe(0, run.Error);
        run.Output.ShouldNotContain("Nothing changes");
        run.Output.ShouldContain("""
            No account is charged otherwise under version 2; for 1 of 1 account other figures change
              acme   lapsed 80 → 30   left in allotment 95 → 145

            """);
    }

    [Fact]
    public async Task Json_has_totals_accounts_and_checks()
    {
        var run = await Replay("--json");

        var report = JsonNode.Parse(run.Output)!.AsObject();
        ((string?)report["candidates"]![1]!["charged"]).ShouldBe("103");
        report["candidates"]![1]!["guard_rails"]!.AsArray().Where(rail => !(bool)rail!["holds"]!).Select(rail => (string?)rail!["name"])
            .ShouldBe(["runs-out-sooner", "stopped-uses"]);
        ((string?)report["accounts"]![0]!["results"]![1]!["ran_out_at"]).ShouldBe("2026-05-18T12:00:00Z");
    }

    [Fact]
    public async Task Json_tells_why_events_have_no_price()
    {
        _folder.Write("usage.jsonl", """{"account":"acme","at":"2026-05-02T10:00:00Z","action":"dream","state":{"plan":"Hobby"}}""" + "\n");
        var unpriced = JsonNode.Parse((await Replay("--json")).Output)!["unpriced"]!.AsArray();

        unpriced.Select(it => ((string?)it!["rules"], (string?)it["action"], (long)it["events"]!)).ShouldBe([("version 1", "dream", 1), ("version 2", "dream", 1)]);
        unpriced.ShouldAllBe(it => ((string?)it!["code"])!.StartsWith("RT", StringComparison.Ordinal) && ((string?)it["help"])!.Length > 0);
    }

    [Fact]
    public async Task Past_of_a_ledger_is_replayed_as_it_was_charged_and_under_a_draft()
    {
        await ChargeAsync();
        var run = await CommandRun.Of("replay", "--database", _folder.Path, "--against", PathOf("bookbag.v2.rules"));

        run.Error.ShouldBeEmpty();
        run.ExitCode.ShouldBe(0);
        _folder.Strip(run.Output).ShouldStartWith("""
            bookbag: published against version 2
            3 events of 2 accounts, 2026-04-01 to 2026-05-01, UTC

                                published   version 2       change
              credits charged          15          18   +3 (+20 %)

            version 2 touches 2 of 2 accounts
              acme   10   → 12   +2 (+20 %)
              bolt    5    → 6   +1 (+20 %)

            What makes the difference
            reply, model GPT-4o: +3 in all under version 2
            """);
    }

    [Fact]
    public async Task Database_is_narrowed_to_a_window_an_account_and_usage_that_was_imported()
    {
        await ChargeAsync();
        (await OfDatabase("--account", "acme")).ShouldBe((2, "10", "12"));
        (await OfDatabase("--from", "2026-04-20T10:00:00.5Z")).ShouldBe((2, "10", "12"));
        (await OfDatabase("--from", "2026-04-01T00:00:00Z", "--to", "2026-04-20T10:00:00.5Z")).ShouldBe((1, "5", "6"));
        (await OfDatabase("--imported")).ShouldBe((0, "0", "0"));
        (await CommandRun.Of("usage", "import", _folder.Path, _folder.Write("past.jsonl", """{"id":"1","account":"old","at":"2026-04-21T10:00:00Z","action":"reply","facts":{"model":"GPT-4o"},"state":{"plan":"Hobby"}}""" + "\n"), "--ruleset", "bookbag", "--by", "test")).ExitCode.ShouldBe(0);
        (await OfDatabase("--imported")).ShouldBe((1, "5", "6"));
        (await OfDatabase("--rules", PathOf("bookbag.v2.rules"))).ShouldBe((3, "18", "18"));

        async Task<(long Events, string Before, string After)> OfDatabase(params string[] options)
        {
            var run = await CommandRun.Of(["replay", "--database", _folder.Path, "--against", PathOf("bookbag.v2.rules"), "--json", .. options]);
            run.Error.ShouldBeEmpty();
            var report = JsonNode.Parse(run.Output)!;
            return ((long)report["events"]!, (string)report["candidates"]![0]!["charged"]!, (string)report["candidates"]![1]!["charged"]!);
        }
    }

    [Fact]
    public async Task Past_that_cannot_be_used_is_refused_in_words()
    {
        await ChargeAsync();
        var (against, usage) = (PathOf("bookbag.v2.rules"), PathOf("usage.jsonl"));
        await Refused(2, "file or in a database", "--database", _folder.Path, "--against", against, usage);
        await Refused(2, "Which rules are compared", "--against", against);
        await Refused(2, "choose from a database", "--rules", against, "--against", against, usage, "--account", "acme");
        await Refused(2, "--from is \"yesterday\"", "--database", _folder.Path, "--against", against, "--from", "yesterday");
        await Refused(2, "ends before it begins", "--database", _folder.Path, "--against", against, "--from", "2027-01-01T00:00:00Z");
        await Refused(66, "", "--database", Path.Combine(_folder.Path, "nowhere.db"), "--against", against);
        await Refused(1, "No published ruleset of the database", "--database", _folder.Path, "--against", _folder.Write("sample.rules", SampleRules.Sound));

        static async Task Refused(int code, string words, params string[] arguments)
        {
            var run = await CommandRun.Of(["replay", .. arguments]);
            run.ExitCode.ShouldBe(code, run.Error);
            run.Error.ShouldContain(words);
            run.Output.ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task An_account_that_the_database_does_not_know_is_no_account_without_changes()
    {
        await ChargeAsync();
        var run = await CommandRun.Of("replay", "--database", PathOf("rules.db"), "--against", PathOf("bookbag.v2.rules"), "--account", "acne");
        run.ExitCode.ShouldBe(1);
        run.Output.ShouldBeEmpty();
        run.Error.ShouldContain("No account of bookbag is called \"acne\".");
        var imported = await CommandRun.Of("replay", "--database", PathOf("rules.db"), "--against", PathOf("bookbag.v2.rules"), "--account", "acne", "--imported");
        imported.ExitCode.ShouldBe(1);
        imported.Error.ShouldContain("No imported usage of bookbag in this window is of an account \"acne\".");
    }

    [Fact]
    public async Task Figures_of_many_drafts_stand_below_each_other()
    {
        var draft = PathOf("bookbag.v2.rules");
        _folder.Write("short.rules", await File.ReadAllTextAsync(PathOf("bookbag.v1.rules")));
        var run = await Replay("--against", draft, "--against", draft, "--against", PathOf("short.rules"));
        var lines = run.Output.Split('\n');
        var header = lines.First(static line => line.TrimEnd().EndsWith("short.rules", StringComparison.Ordinal) && line.StartsWith("   ", StringComparison.Ordinal));
        lines.First(static line => line.StartsWith("  credits charged", StringComparison.Ordinal)).Length.ShouldBe(header.Length);
    }

    [Fact]
    public async Task Events_of_one_action_stand_together_however_their_quantities_are_written()
    {
        const string Hours = """
            language 1
            ruleset hours version 1 effective 2026-01-01
            credit "credit" to 2 decimals
            meter hour fractional
            action host
              measures hour
            price host
              per hour 2 credits

            """;
        var (rules, draft) = (_folder.Write("hours.rules", Hours), _folder.Write("dearer.rules", Hours.Replace("version 1", "version 2", StringComparison.Ordinal).Replace("2 credits", "3 credits", StringComparison.Ordinal)));
        var usage = _folder.Write("hours.jsonl", """
            {"account":"acme","at":"2026-05-02T10:00:00Z","action":"host","quantities":{"hour":"1"}}
            {"account":"acme","at":"2026-05-02T11:00:00Z","action":"host","quantities":{"hour":"1.5"}}
            {"account":"acme","at":"2026-05-02T12:00:00Z","action":"dream"}
            {"account":"acme","at":"2026-05-02T13:00:00Z","action":"dream","quantities":{"hour":"2"}}

            """);
        var run = await CommandRun.Of("replay", "--rules", rules, "--against", draft, usage);
        run.Output.ShouldContain("""
            What makes the difference
            host: +2.5 in all under version 2
              most: account acme at 2026-05-02T11:00:00Z, 3 → 4.5

            """);
        run.Output.Split("in all under").Length.ShouldBe(2);
        run.Output.ShouldContain("dream: 2 events under version 1, 2 events under version 2");

        var report = JsonNode.Parse((await CommandRun.Of("replay", "--json", "--rules", rules, "--against", draft, usage)).Output)!;
        report["days"]!.AsArray().Select(static day => ((string?)day!["action"], (int)day["events"]!, string.Join(' ', day["charged"]!.AsArray()))).ShouldBe([("host", 2, "5 7.5"), ("dream", 2, "0 0")]);
    }

    [Fact]
    public async Task One_event_is_one()
    {
        _folder.Write("usage.jsonl", """{"account":"acme","at":"2026-05-02T10:00:00Z","action":"reply","facts":{"model":"GPT-4o"},"state":{"plan":"Hobby"}}""" + "\n");
        (await Replay()).Output.ShouldContain("\n1 event of 1 account, ");
    }

    private Task<CommandRun> Replay(params string[] options) => CommandRun.Of(
        ["replay", "--rules", PathOf("bookbag.v1.rules"), "--against", PathOf("bookbag.v2.rules"), PathOf("usage.jsonl"), .. options]);

    private string PathOf(string name) => Path.Combine(_folder.Path, name);

    // Three replies, a second apart, of which acme had the first and the last.
    private async Task ChargeAsync()
    {
        var clock = new SteppedTime();
        await using var ledger = await CreditLedger.OpenSqliteAsync(PathOf("rules.db"), new LedgerOptions { Time = clock }, default);
        (await ledger.Rulesets.PublishAsync("bookbag.v1.rules", await File.ReadAllTextAsync(PathOf("bookbag.v1.rules")), "test", default)).Version.ShouldNotBeNull();
        foreach (var account in new[] { "acme", "bolt" })
        {
            (await ledger.OpenAccountAsync(new OpenAccount(account, "bookbag", clock.Now) { Plan = "Hobby" }, "open", default)).Status.ShouldBe(CommandStatus.Accepted);
        }

        foreach (var account in new[] { "bolt", "acme", "acme" })
        {
            var reply = new UsageEvent { OccurredAt = clock.Now, Action = "reply", Facts = [new("model", "GPT-4o")] };
            (await ledger.ChargeAsync(account, reply, $"key-{clock.Now}", default)).Status.ShouldBe(CommandStatus.Accepted);
            clock.Now += Duration.FromSeconds(1);
        }
    }

    private sealed class SteppedTime : TimeProvider
    {
        public Instant Now { get; set; } = Instant.FromUtc(2026, 4, 20, 10, 0);

        public override DateTimeOffset GetUtcNow() => Now.ToDateTimeOffset();
    }
}
