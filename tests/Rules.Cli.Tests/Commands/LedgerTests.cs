using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Pricing;
using Rules.Ledger;

namespace Rules.Cli.Tests.Commands;

/// <summary>The commands over a database, as somebody types them who has to answer for it.</summary>
public sealed class LedgerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Database => Path.Combine(_folder.Path, "rules.db");

    private string Anchor => Path.Combine(_folder.Path, "anchor.log");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_sound_history_is_proved_check_by_check()
    {
        await FillAsync();
        var run = await CommandRun.Of("ledger", "verify", _folder.Path);
        run.ExitCode.ShouldBe(0);
        run.Error.ShouldBeEmpty();
        foreach (var check in new[] { "integrity", "gapless", "chain", "lots", "key", "replay", "draw", "anchor" })
        {
            run.Output.ShouldContain($"proved  {check}");
        }

        run.Output.ShouldEndWith("6 entries of 2 accounts: the history is proved\n");
    }

    [Fact]
    public async Task A_ledger_is_verified_while_its_service_runs()
    {
        await using var ledger = await OpenAsync();
        await ChargeAsync(ledger);
        var run = await CommandRun.Of("ledger", "verify", Database);
        run.ExitCode.ShouldBe(0, run.Output + run.Error);
        await ChargeAsync(ledger, "again");
        (await CommandRun.Of("ledger", "verify", Database)).Output.ShouldContain("8 entries");
    }

    [Fact]
    public async Task A_lost_tail_is_named_with_what_it_means_and_what_to_do()
    {
        await FillAsync();
        File.Copy(Database, Database + ".backup");
        await using (var ledger = await OpenAsync())
        {
            await ChargeAsync(ledger, "later");
        }

        File.Copy(Database + ".backup", Database, overwrite: true);
        var run = await CommandRun.Of("ledger", "verify", Database);
        run.ExitCode.ShouldBe(1);
        run.Output.ShouldContain("anchor: account \"acme\", entry 4: account \"acme\" had come to entry 4, and ends at 3 in the database.");
        run.Output.ShouldContain("means: Commits are lost");
        run.Output.ShouldContain("help: Restore a newer copy; or, if this is to be the history from now on: rules ledger accept.");

        var refusal = await Should.ThrowAsync<LedgerStartException>(OpenAsync);
        refusal.ExitCode.ShouldBe(78);

        (await CommandRun.Of("ledger", "accept", Database, "--by", "Operations", "--reason", " ")).ExitCode.ShouldBe(2);
        var accepted = await CommandRun.Of("ledger", "accept", Database, "--by", "Operations", "--reason", "Restored a copy");
        accepted.ExitCode.ShouldBe(0, accepted.Error);
        accepted.Output.ShouldContain("given up: account \"acme\" had come to entry 4, and ends at 3 in the database");
        accepted.Output.ShouldContain("2 accounts anchored as the database has them.");
        (await CommandRun.Of("ledger", "verify", Database)).ExitCode.ShouldBe(0);
        await using (await OpenAsync())
        {
        }
    }

    [Fact]
    public async Task Without_an_anchor_the_check_is_said_to_be_left_out()
    {
        await FillAsync();
        File.Delete(Anchor);
        var run = await CommandRun.Of("ledger", "verify", Database);
        run.ExitCode.ShouldBe(0);
        run.Output.ShouldContain("left    anchor");
        run.Output.ShouldContain("a lost tail would not be seen");
    }

    [Fact]
    public async Task From_checkpoints_only_what_came_after_them_is_proved_and_that_is_said()
    {
        await FillAsync();
        (await CommandRun.Of("ledger", "verify", Database, "--from-checkpoints")).Output.ShouldContain("no account has a checkpoint");
        await using (var ledger = await OpenAsync())
        {
            var now = SystemClock.Instance.GetCurrentInstant();
            await ledger.GrantAsync("acme", new GrantCredits("large", "prepaid", 2000, now) { TimedOnArrival = true }, "large", default);
            var usage = new UsageEvent { OccurredAt = now, TimedOnArrival = true, Action = "reply", Facts = [new("model", "Small")] };
            await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => ledger.ChargeAsync("acme", usage, $"many-{i}", default)));
            (await ledger.WriteCheckpointsAsync(default)).Written.ShouldBe(1);
            await ChargeAsync(ledger, "after");
        }

        var run = await CommandRun.Of("ledger", "verify", Database, "--from-checkpoints");
        run.ExitCode.ShouldBe(0, run.Output);
        run.Output.ShouldContain("left    checkpoint");
        run.Output.ShouldContain("1,004 entries stand before checkpoints and were not read: proved when those were written, not now");
        run.Output.ShouldEndWith("5 entries of 2 accounts: the history since the checkpoints is proved\n");
        var full = await CommandRun.Of("ledger", "verify", Database);
        full.Output.ShouldContain("proved  checkpoint");
        full.Output.ShouldEndWith("1,009 entries of 2 accounts: the history is proved\n");

        using var json = JsonDocument.Parse((await CommandRun.Of("ledger", "verify", Database, "--from-checkpoints", "--json")).Output);
        json.RootElement.GetProperty("entries_before_checkpoints").GetInt64().ShouldBe(1004);
    }

    [Fact]
    public async Task Json_names_every_check_and_problem()
    {
        await FillAsync();
        using var sound = JsonDocument.Parse((await CommandRun.Of("ledger", "verify", Database, "--account", "acme", "--json")).Output);
        sound.RootElement.GetProperty("holds").GetBoolean().ShouldBeTrue();
        sound.RootElement.GetProperty("entries").GetInt64().ShouldBe(3);
        sound.RootElement.GetProperty("checks").GetArrayLength().ShouldBeGreaterThanOrEqualTo(9);

        var run = await CommandRun.Of("ledger", "verify", Database, "--account", "nobody", "--json");
        run.ExitCode.ShouldBe(1);
        using var unknown = JsonDocument.Parse(run.Output);
        var problem = unknown.RootElement.GetProperty("problems")[0];
        (problem.GetProperty("check").GetString(), problem.GetProperty("account").GetString()).ShouldBe(("account", "nobody"));
        problem.GetProperty("help").GetString().ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task A_file_that_is_not_there_or_no_ledger_is_told_apart()
    {
        var missing = await CommandRun.Of("ledger", "verify", Database);
        missing.ExitCode.ShouldBe(66);
        missing.Error.ShouldContain("There is no database");
        File.Exists(Database).ShouldBeFalse();

        _folder.Write("notes.db", "not a database at all, but long enough to be looked at as if it were one, page by page by page by page by page by page by page");
        var other = await CommandRun.Of("ledger", "verify", Path.Combine(_folder.Path, "notes.db"));
        other.ExitCode.ShouldBe(78);
        other.Error.ShouldContain("cannot be opened");

        (await CommandRun.Of("ledger", "verify")).ExitCode.ShouldBe(2);
    }

    [Fact]
    public async Task A_database_in_use_is_not_accepted()
    {
        await using var ledger = await OpenAsync();
        (await CommandRun.Of("ledger", "accept", Database, "--by", "me", "--reason", "why")).ExitCode.ShouldBe(75);
    }

    [Fact]
    public async Task An_export_is_proved_by_hashing_alone_and_goes_on_where_it_ended()
    {
        await FillAsync();
        var file = Path.Combine(_folder.Path, "journal.jsonl");
        var first = await CommandRun.Of("ledger", "export", _folder.Path, "--output", file);
        first.ExitCode.ShouldBe(0, first.Error);
        first.Error.ShouldBe("6 entries exported; the next export goes on with --after 6\n");
        (await CommandRun.Of("ledger", "export", _folder.Path, "--output", file)).ExitCode.ShouldBe(66);
        await using (var ledger = await OpenAsync())
        {
            await ChargeAsync(ledger, "later");
        }

        (await CommandRun.Of("ledger", "export", _folder.Path, "--output", file, "--after", "6")).Error.ShouldStartWith("2 entries exported");
        var lines = await File.ReadAllLinesAsync(file);
        lines.Length.ShouldBe(8);
        var heads = new Dictionary<string, (long Entry, string Hash)>();
        foreach (var line in lines)
        {
            using var entry = JsonDocument.Parse(line);
            string Text(string member) => entry.RootElement.GetProperty(member).GetString()!;
            var account = Text("account");
            var input = entry.RootElement.GetProperty("hash_input").GetBytesFromBase64();
            Convert.ToHexStringLower(SHA256.HashData(input)).ShouldBe(Text("hash"));

            // "LEDGER1", the account with its length, the sequence, and then the hash before.
            var at = 8 + 8 + account.Length;
            BinaryPrimitives.ReadInt64BigEndian(input.AsSpan(at)).ShouldBe(entry.RootElement.GetProperty("entry").GetInt64());
            Convert.ToHexStringLower(input.AsSpan(at + 8, 32)).ShouldBe(Text("previous_hash"));
            if (heads.TryGetValue(account, out var head))
            {
                (entry.RootElement.GetProperty("entry").GetInt64(), Text("previous_hash")).ShouldBe((head.Entry + 1, head.Hash));
            }

            heads[account] = (entry.RootElement.GetProperty("entry").GetInt64(), Text("hash"));
        }

        heads.Keys.Order().ShouldBe(["acme", "bolt"]);
        var window = await CommandRun.Of("ledger", "export", _folder.Path, "--account", "acme", "--from", "2999-01-01T00:00:00Z");
        (window.ExitCode, window.Output).ShouldBe((0, ""));
        (await CommandRun.Of("ledger", "export", _folder.Path, "--from", "yesterday")).ExitCode.ShouldBe(2);
    }

    [Fact]
    public async Task S6_An_export_as_csv_holds_nothing_that_a_spreadsheet_runs()
    {
        await FillAsync();
        await using (var ledger = await OpenAsync())
        {
            await ChargeAsync(ledger, "=HYPERLINK(\"http://evil.example\"),1");
            await ChargeAsync(ledger, "@SUM(A1)");
            await ChargeAsync(ledger, "-5+1");
        }

        var exported = await CommandRun.Of("ledger", "export", _folder.Path, "--csv");
        exported.ExitCode.ShouldBe(0, exported.Error);
        var rows = exported.Output.Split("\r\n");
        rows[0].ShouldBe("position,account,entry,kind,key,amount,granted,available,held,spent,expired,moved,balance_after,occurred_at,recorded_at,version,previous_hash,hash");
        rows[^1].ShouldBe("");
        exported.Output.ShouldContain(""","'=HYPERLINK(""http://evil.example""),1",""");
        exported.Output.ShouldContain(",'@SUM(A1),");
        exported.Output.ShouldContain(",'-5+1,");
        // Numbers stay numbers: what a charge took is below zero.
        var charge = rows.First(row => row.Contains("@SUM", StringComparison.Ordinal)).Split(',');
        (charge.Length, charge[3], charge[7], charge[9]).ShouldBe((18, "charge", "-" + charge[5], charge[5]));

        var last = long.Parse(rows[^2].Split(',')[0], CultureInfo.InvariantCulture);
        (await CommandRun.Of("ledger", "export", _folder.Path, "--csv", "--after", $"{last - 1}")).Output.ShouldBe(rows[^2] + "\r\n");
    }

    private Task<CreditLedger> OpenAsync() => CreditLedger.OpenSqliteAsync(Database, new LedgerOptions { AnchorPath = Anchor }, default);

    private async Task FillAsync()
    {
        await using var ledger = await OpenAsync();
        await ChargeAsync(ledger);
    }

    /// <summary>Each account has then an opening, a renewal's grant and a charge; under another key only one more charge.</summary>
    private static async Task ChargeAsync(CreditLedger ledger, string key = "first")
    {
        await ledger.Rulesets.LoadAsync([new RuleFile("sample.v1.rules", SampleRules.Sound)], default);
        var now = SystemClock.Instance.GetCurrentInstant();
        foreach (var account in new[] { "acme", "bolt" })
        {
            await ledger.OpenAccountAsync(new OpenAccount(account, "sample", now) { TimedOnArrival = true, Plan = "Team" }, "open", default);
            var usage = new UsageEvent { OccurredAt = now, Action = "reply", Facts = [new("model", "Small")] };
            (await ledger.ChargeAsync(account, usage, key, default)).Status.ShouldBe(CommandStatus.Accepted);
        }
    }
}
