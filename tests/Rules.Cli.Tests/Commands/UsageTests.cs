using Rules.Ledger;

namespace Rules.Cli.Tests.Commands;

public sealed class UsageTests : IDisposable
{
    private const string Rules = """
        language 1
        ruleset shop version 1 effective 2026-01-01
        credit "credit" to 2 decimals
        account company
        list model
          "Small"
          "Large"
        meter token whole
        action reply
          has model from model
          measures token
        price reply by model
          "Small"  1 credit
          "Large"  2 credits
        bucket included from plan
          unused expires at cycle end
        consume included
        cycle monthly
        plan Team grants 10 credits every month into included
        at zero
          if short refuse

        """;

    private const string Rows = """
        event_id,customer,when,llm,tokens,plan,note
        e1,acme,2026-02-03T09:00:00Z,Small,12,Team,"a, b"
        e2,acme,2026-02-03T09:00:01Z,Large,7,Team,
        e3,"zeta",2026-02-04T10:00:00+01:00,Large,1,Team,"two
        lines"

        """;

    private static readonly string[] _mapping =
    [
        "--ruleset", "shop", "--map", "id=event_id", "--map", "account=customer", "--map", "at=when", "--map", "facts.model=llm", "--map", "quantities.token=tokens",
        "--map", "state.plan=plan", "--set", "action=reply",
    ];

    private readonly TemporaryFolder _folder = new();

    private string Database => Path.Combine(_folder.Path, "home", "rules.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Dry_run_counts_and_names_the_first_mistakes_with_line_and_code_and_stores_nothing()
    {
        await MakeDatabaseAsync();
        var file = _folder.Write("usage.csv", Rows
            + "e1,acme,2026-02-05T09:00:00Z,Small,1,Team,\ne5,acme,yesterday,Small,1,Team,\ne6,acme,2026-02-05T09:00:00Z,Small,many,Team,\ne7,acme,2027-02-05T09:00:00Z,Small,1,Team,\ne8,acme\n");
        var run = await CommandRun.Of(["usage", "import", Database, file, .. _mapping, "--dry-run"]);

        run.ExitCode.ShouldBe(65);
        run.Output.ShouldBe("""
            not read: note
            10 lines, 2 accounts, from 2026-02-03T09:00:00Z to 2026-02-05T09:00:00Z
            3 events would be stored, 1 duplicate left out
            4 lines cannot be read

            """);
        _folder.Strip(run.Error).Split('\n').Where(line => !line.StartsWith(' ') && line.Length > 0).Select(line => line[..line.IndexOf(": ", line.IndexOf(": ", StringComparison.Ordinal) + 2, StringComparison.Ordinal)])
            .ShouldBe(["usage.csv:7: when", "usage.csv:8: tokens", "usage.csv:9: when", "usage.csv:10: malformed_csv"]);
        (await CommandRun.Of("usage", "list", Database)).Output.ShouldBeEmpty();
    }

    [Fact]
    public async Task Actions_that_the_rules_do_not_have_are_told_before_anything_is_stored()
    {
        await MakeDatabaseAsync();
        var file = _folder.Write("usage.jsonl", string.Concat(new[] { "reply", "draw", "draw", "answer" }.Select(static (action, i) =>
            $$$"""{"id":"e{{{i}}}","account":"acme","at":"2026-02-03T09:00:00Z","action":"{{{action}}}","facts":{"model":"Small"},"quantities":{"token":"1"}}""" + "\n")));
        var run = await CommandRun.Of("usage", "import", Database, file, "--ruleset", "shop", "--dry-run");
        (run.ExitCode, run.Error).ShouldBe((0, ""));
        run.Output.ShouldBe("""
            4 lines, 1 account, from 2026-02-03T09:00:00Z to 2026-02-03T09:00:00Z
            4 events would be stored, 0 duplicates left out
            shop has no action "answer": 1 event without a price
            shop has no action "draw": 2 events without a price

            """);
        var json = await CommandRun.Of("usage", "import", Database, file, "--ruleset", "shop", "--dry-run", "--json");
        using var document = System.Text.Json.JsonDocument.Parse(json.Output);
        document.RootElement.GetProperty("unpriced_actions").EnumerateArray().Select(static action => (action.GetProperty("action").GetString(), action.GetProperty("events").GetInt64()))
            .ShouldBe([("answer", 1), ("draw", 2)]);
    }

    [Fact]
    public async Task Imported_rows_are_replayed_as_the_same_events_written_by_hand()
    {
        await MakeDatabaseAsync();
        var run = await CommandRun.Of(["usage", "import", Database, _folder.Write("usage.csv", Rows), .. _mapping, "--by", "kim"]);
        run.Error.ShouldBeEmpty();
        run.Output.ShouldBe("not read: note\n5 lines, 2 accounts, from 2026-02-03T09:00:00Z to 2026-02-04T09:00:00Z\n3 events stored, 0 duplicates left out\n");
        run.ExitCode.ShouldBe(0);

        var exported = await CommandRun.Of("usage", "export", Database, "--ruleset", "shop");
        exported.Output.ShouldBe("""
            {"id":"e1","account":"acme","at":"2026-02-03T09:00:00Z","action":"reply","quantities":{"token":"12"},"facts":{"model":"Small"},"state":{"plan":"Team"}}
            {"id":"e2","account":"acme","at":"2026-02-03T09:00:01Z","action":"reply","quantities":{"token":"7"},"facts":{"model":"Large"}}
            {"id":"e3","account":"zeta","at":"2026-02-04T09:00:00Z","action":"reply","quantities":{"token":"1"},"facts":{"model":"Large"},"state":{"plan":"Team"}}

            """);
        var rules = _folder.Write("shop.v1.rules", Rules);
        var dearer = _folder.Write("shop.v2.rules", Rules.Replace("version 1", "version 2", StringComparison.Ordinal).Replace("2 credits", "9 credits", StringComparison.Ordinal));
        var replay = await CommandRun.WithInput(exported.Output, "replay", "--rules", rules, "--against", dearer, "--csv", "-");
        replay.Error.ShouldBeEmpty();
        replay.Output.ShouldContain("acme,Team,2,version 1,3,");
        replay.Output.ShouldContain("acme,Team,2,version 2,10,");
        (await CommandRun.Of("usage", "list", Database)).Output[16..].ShouldBe(" shop: usage.csv, by kim at 2026-05-01T10:00:00Z: 3 events, 0 duplicates\n");
    }

    [Fact]
    public async Task Events_that_are_there_are_left_out_and_a_mended_file_is_gone_on_with()
    {
        await MakeDatabaseAsync();
        var broken = await CommandRun.Of(["usage", "import", Database, _folder.Write("usage.csv", Rows + "e4,acme,2026-02-30T09:00:00Z,Small,1,Team,\ne5,acme,2026-02-06T09:00:00Z,Small,1,Team,\n"), .. _mapping, "--by", "kim"]);
        broken.ExitCode.ShouldBe(65);
        broken.Output.ShouldEndWith("3 events stored, 0 duplicates left out\nstopped at the first line that cannot be read; mend it and run the import again\n");
        (await CommandRun.Of("usage", "list", Database)).Output.ShouldEndWith("; stopped at line 5\n");

        var mended = await CommandRun.Of(["usage", "import", Database, _folder.Write("usage.csv", Rows + "e4,acme,2026-02-28T09:00:00Z,Small,1,Team,\ne5,acme,2026-02-06T09:00:00Z,Small,1,Team,\n"), .. _mapping, "--by", "kim"]);
        mended.Output.ShouldBe("not read: note\ngoes on behind line 5, where it stopped before\n7 lines, 1 account, from 2026-02-06T09:00:00Z to 2026-02-28T09:00:00Z\n2 events stored, 0 duplicates left out\n");

        var again = await CommandRun.Of(["usage", "import", Database, Path.Combine(_folder.Path, "usage.csv"), .. _mapping, "--by", "kim"]);
        again.Output.ShouldContain("0 events stored, 5 duplicates left out\n");
    }

    [Fact]
    public async Task Import_that_is_taken_back_leaves_its_record_and_no_event_and_can_be_made_anew()
    {
        await MakeDatabaseAsync();
        string[] import = ["usage", "import", Database, _folder.Write("usage.csv", Rows), .. _mapping, "--by", "kim"];
        await CommandRun.Of(import);
        var id = (await CommandRun.Of("usage", "list", Database)).Output[..16];

        (await CommandRun.Of("usage", "withdraw", Database, "0000000000000000", "--by", "lee")).Error.ShouldContain("There is no import \"0000000000000000\".");
        var withdrawn = await CommandRun.Of("usage", "withdraw", Database, id, "--by", "lee");
        withdrawn.Output.ShouldBe("shop: usage.csv is taken back, 3 events removed\n");
        withdrawn.ExitCode.ShouldBe(0);
        (await CommandRun.Of("usage", "export", Database, "--ruleset", "shop")).Output.ShouldBeEmpty();
        (await CommandRun.Of("usage", "list", Database)).Output
            .ShouldBe($"{id} shop: usage.csv, by kim at 2026-05-01T10:00:00Z: 3 events, 0 duplicates; taken back by lee at 2026-05-01T10:00:00Z\n");
        (await CommandRun.Of("usage", "list", Database, "--json")).Output.ShouldContain("\"withdrawn_by\": \"lee\"");
        var again = await CommandRun.Of("usage", "withdraw", Database, id, "--by", "lee");
        again.Error.ShouldContain("\"usage.csv\" was taken back by lee at 2026-05-01T10:00:00Z.");
        again.ExitCode.ShouldNotBe(0);

        (await CommandRun.Of(import)).Output.ShouldContain("3 events stored, 0 duplicates left out\n");
    }

    [Fact]
    public async Task File_that_changed_before_the_place_where_its_import_stopped_is_refused()
    {
        await MakeDatabaseAsync();
        await CommandRun.Of(["usage", "import", Database, _folder.Write("usage.csv", Rows + "e4,acme,never,Small,1,Team,\n"), .. _mapping, "--by", "kim"]);
        var other = await CommandRun.Of(["usage", "import", Database, _folder.Write("usage.csv", Rows.Replace("Small,12", "Small,13", StringComparison.Ordinal)), .. _mapping, "--by", "kim"]);
        other.ExitCode.ShouldBe(1);
        other.Error.ShouldContain("An import of \"usage.csv\" stopped at line 5, and this file is another one before that.");
    }

    [Fact]
    public async Task Exported_csv_is_imported_again_event_for_event_and_runs_in_no_spreadsheet()
    {
        await MakeDatabaseAsync();
        var lines = """
            {"id":"a","account":"acme","at":"2026-02-03T09:00:00Z","action":"reply","quantities":{"token":"1.5"},"facts":{"model":"Small"},"keys":{"run":"=1+1"},"record":{"agent":"'=x","project":"a,\"b\""},"state":{"plan":"Team","balances":{"included":"4"}}}
            {"id":"b","account":"acme","at":"2026-02-03T09:00:00.000001Z","action":"reply","amount":"2","record":{"agent":"'quoted'"}}

            """;
        (await CommandRun.Of("usage", "import", Database, _folder.Write("usage.jsonl", lines), "--ruleset", "shop", "--by", "kim")).ExitCode.ShouldBe(0);
        var csv = await CommandRun.Of("usage", "export", Database, "--ruleset", "shop", "--csv");
        csv.Output.ShouldContain(",'=1+1,");
        csv.Output.ShouldContain(",''=x,");

        File.Delete(Database);
        await MakeDatabaseAsync();
        (await CommandRun.Of("usage", "import", Database, _folder.Write("again.csv", csv.Output), "--ruleset", "shop", "--by", "kim")).Error.ShouldBeEmpty();
        (await CommandRun.Of("usage", "export", Database, "--ruleset", "shop")).Output.ShouldBe(lines);
    }

    [Theory]
    [InlineData("[]", "wrong_type")]
    [InlineData("{\"u\":", "malformed_json")]
    [InlineData("{\"u\":\"a\",\"u\":\"b\"}", "malformed_json")]
    [InlineData("{\"u\":\"a\",\"account\":\"x y\",\"at\":\"2026-01-01T00:00:00Z\",\"action\":\"reply\"}", "invalid_id")]
    [InlineData("{\"u\":[1],\"account\":\"x\",\"at\":\"2026-01-01T00:00:00Z\",\"action\":\"reply\"}", "wrong_type")]
    [InlineData("{\"account\":\"x\",\"at\":\"2026-01-01T00:00:00Z\",\"action\":\"reply\"}", "member_missing")]
    [InlineData("{\"u\":\"a\",\"account\":\"x\",\"at\":\"2026-01-01T00:00:00Z\",\"action\":\"reply\",\"quantities\":{\"token\":1e400}}", "invalid_number")]
    public async Task Hostile_lines_are_mistakes_with_a_code(string line, string code)
    {
        await MakeDatabaseAsync();
        var run = await CommandRun.WithInput(line + "\n", "usage", "import", Database, "-", "--ruleset", "shop", "--map", "id=u", "--dry-run", "--json");
        run.ExitCode.ShouldBe(65);
        run.Output.ShouldContain($"\"code\": \"{code}\"");
        run.Output.ShouldContain("\"line\": 1,");
    }

    [Fact]
    public async Task Line_without_end_and_a_quote_that_is_never_closed_meet_a_limit()
    {
        await MakeDatabaseAsync();
        foreach (var (text, format) in new[] { (new string('x', 700_000), "usage.jsonl"), ("id,account,at,action\n\"" + new string('\n', 700_000), "usage.csv") })
        {
            var run = await CommandRun.Of("usage", "import", Database, _folder.Write(format, text), "--ruleset", "shop", "--dry-run");
            run.ExitCode.ShouldBe(65);
            run.Error.ShouldContain("too_large: The line is longer than 256 KiB");
        }
    }

    [Fact]
    public async Task Account_that_stood_otherwise_before_is_a_mistake()
    {
        await MakeDatabaseAsync();
        var run = await CommandRun.Of(["usage", "import", Database, _folder.Write("usage.csv", Rows + "e4,acme,2026-02-05T09:00:00Z,Small,1,Free,\n"), .. _mapping, "--dry-run"]);
        run.Error.ShouldContain("usage.csv:6: state_differs: The account \"acme\" stood otherwise by an earlier event.");
    }

    [Theory]
    [InlineData("event_id;customer;when;llm;tokens;plan", "semicolons")]
    [InlineData("\"event_id\";\"customer\";\"when\";llm;tokens;plan", "semicolons")]
    [InlineData("event_id\tcustomer\twhen\tllm\ttokens\tplan", "tabs")]
    public async Task File_with_another_separator_is_told_so(string header, string separator)
    {
        await MakeDatabaseAsync();
        var run = await CommandRun.Of(["usage", "import", Database, _folder.Write("usage.csv", header + "\n"), .. _mapping, "--dry-run"]);
        run.ExitCode.ShouldBe(65);
        run.Error.ShouldContain($"usage.csv:1: malformed_csv: The columns of the first line stand between {separator}, not commas.");
        run.Error.ShouldContain("help: Save the file with commas between the columns and a point in figures.");
    }

    [Fact]
    public async Task Mapping_that_cannot_be_used_is_refused_in_words()
    {
        await MakeDatabaseAsync();
        var file = _folder.Write("usage.csv", Rows);
        (await CommandRun.Of("usage", "import", Database, file, "--ruleset", "shop", "--map", "quantity.token=tokens", "--dry-run")).Error.ShouldContain("\"quantity.token\" is no member of an event");
        (await CommandRun.Of("usage", "import", Database, file, "--ruleset", "shop", "--map", "account=custom", "--dry-run")).Error.ShouldContain("usage.csv:1: custom: column_missing");
        (await CommandRun.Of("usage", "import", Database, file, "--ruleset", "shop", "--map", "account", "--dry-run")).ExitCode.ShouldBe(2);
        (await CommandRun.Of("usage", "import", Database, file, "--ruleset", "shop")).Error.ShouldContain("give --by NAME");
        (await CommandRun.Of("usage", "import", Database, file, "--ruleset", "other", "--dry-run")).Error.ShouldContain("No published ruleset is called \"other\".");
    }

    private async Task MakeDatabaseAsync()
    {
        await using var ledger = await CreditLedger.OpenSqliteAsync(Database, new LedgerOptions { Time = new StoppedTime() }, default);
        (await ledger.Rulesets.PublishAsync("shop.v1.rules", Rules, "kim", default)).Version.ShouldNotBeNull();
    }

    private sealed class StoppedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 5, 1, 10, 0, 0, TimeSpan.Zero);
    }
}
