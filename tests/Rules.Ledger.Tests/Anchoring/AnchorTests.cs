using NodaTime;
using Rules.Ledger.Anchoring;
using Rules.Ledger.Storage;
using Rules.Ledger.Storage.Sqlite;
using Rules.Ledger.Tests.Bank;
using Shouldly;
using Xunit;

namespace Rules.Ledger.Tests.Anchoring;

/// <summary>The anchor outside the database: what it holds, what a start makes of it, and how somebody decides against it.</summary>
public sealed class AnchorTests : IDisposable
{
    private static readonly Instant _t0 = BankCommands.Start;

    private readonly TemporaryDirectory _directory = new();
    private readonly ManualTime _time = new(_t0);

    private string Anchor => Path.Combine(_directory.Root, "anchor", "anchor.log");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Every_commit_leaves_the_heads_that_changed()
    {
        await using var store = await OpenAsync();
        await FillAsync(store, "acme", charges: 3);
        await FillAsync(store, "bolt", charges: 1);
        var anchored = AnchorLog.Read(Anchor).ShouldNotBeNull().Heads;
        anchored.Keys.Order().ShouldBe(["acme", "bolt"]);
        foreach (var account in anchored.Keys)
        {
            var head = (await store.AccountProofAsync(account)).Head;
            anchored[account].Sequence.ShouldBe(head.HeadSequence);
            anchored[account].Hash.ToArray().ShouldBe(head.HeadHash.ToArray());
        }
    }

    [Fact]
    public async Task A_database_that_lost_its_tail_does_not_start()
    {
        await using (var store = await OpenAsync())
        {
            await FillAsync(store, "acme", charges: 2);
        }

        File.Copy(_directory.Database, _directory.Database + ".backup");
        await using (var store = await OpenAsync())
        {
            await store.RunAsync(BankCommands.Charge("acme", "later", 1, _t0));
        }

        Restore();
        var refusal = await Should.ThrowAsync<LedgerStartException>(OpenAsync);
        refusal.ExitCode.ShouldBe(78);
        refusal.Code.ShouldBe("database_behind_anchor");
        refusal.Message.ShouldContain("account \"acme\" had come to entry 5, and ends at 4 in the database");
        refusal.Message.ShouldContain("rules ledger accept DATABASE");
    }

    [Fact]
    public async Task A_database_that_is_gone_or_begun_anew_does_not_start_under_its_old_anchor()
    {
        await using (var store = await OpenAsync())
        {
            await FillAsync(store, "acme", charges: 1);
        }

        File.Delete(_directory.Database);
        (await Should.ThrowAsync<LedgerStartException>(OpenAsync)).Message.ShouldContain("the database has none of it");
    }

    [Fact]
    public async Task Another_history_of_the_same_length_or_longer_does_not_start()
    {
        await using (var store = await OpenAsync())
        {
            await FillAsync(store, "acme", charges: 2);
        }

        foreach (var charges in new[] { 2, 7 })
        {
            File.Delete(_directory.Database);
            await using (var forged = SqliteLedgerStore.Open(_directory.Database, _time))
            {
                await FillAsync(forged, "acme", charges, amount: 2);
            }

            var refusal = await Should.ThrowAsync<LedgerStartException>(OpenAsync);
            refusal.Message.ShouldContain("entry 4 of account \"acme\" is another one in the database");
        }
    }

    [Fact]
    public async Task A_commit_that_was_killed_before_its_anchor_is_anchored_at_the_next_start()
    {
        await using (var store = await OpenAsync())
        {
            await FillAsync(store, "acme", charges: 1);
        }

        await using (var unanchored = SqliteLedgerStore.Open(_directory.Database, _time))
        {
            await unanchored.RunAsync(BankCommands.Charge("acme", "more", 1, _t0));
        }

        await using (await OpenAsync())
        {
            AnchorLog.Read(Anchor)!.Heads["acme"].Sequence.ShouldBe(4);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(70)]
    public async Task A_write_that_was_cut_off_takes_away_only_its_own_line(int cut)
    {
        await FillAndCloseAsync();
        var whole = await File.ReadAllBytesAsync(Anchor);
        await File.WriteAllBytesAsync(Anchor, whole[..^cut]);
        var torn = AnchorLog.Read(Anchor).ShouldNotBeNull();
        torn.Heads["acme"].Sequence.ShouldBe(3);
        await using (var store = await OpenAsync())
        {
            await store.RunAsync(BankCommands.Charge("acme", "after", 1, _t0));
        }

        AnchorLog.Read(Anchor)!.Heads["acme"].Sequence.ShouldBe(5);
    }

    [Fact]
    public async Task Garbage_after_the_last_line_is_cut_off()
    {
        await FillAndCloseAsync();
        await File.AppendAllTextAsync(Anchor, new string('\0', 300));
        await using (await OpenAsync())
        {
            AnchorLog.Read(Anchor)!.Heads["acme"].Sequence.ShouldBe(4);
        }
    }

    [Fact]
    public async Task A_damaged_line_before_whole_ones_stops_the_start()
    {
        await FillAndCloseAsync();
        var lines = await File.ReadAllLinesAsync(Anchor);
        lines[2] = lines[2].Replace(" 2 ", " 9 ", StringComparison.Ordinal);
        await File.WriteAllTextAsync(Anchor, string.Join('\n', lines) + "\n");
        var refusal = await Should.ThrowAsync<LedgerStartException>(OpenAsync);
        (refusal.ExitCode, refusal.Code).ShouldBe((78, "anchor_damaged"));
        refusal.Message.ShouldContain("Line 3");
    }

    [Fact]
    public async Task A_file_of_something_else_is_not_overwritten()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Anchor)!);
        await File.WriteAllTextAsync(Anchor, "a shopping list\n");
        (await Should.ThrowAsync<LedgerStartException>(OpenAsync)).Code.ShouldBe("anchor_foreign");
        (await File.ReadAllTextAsync(Anchor)).ShouldBe("a shopping list\n");
    }

    [Fact]
    public async Task A_long_anchor_is_compacted_to_a_line_per_account()
    {
        await using (var store = await OpenAsync())
        {
            await FillAsync(store, "acme", charges: 40);
            await FillAsync(store, "bolt", charges: 40);
        }

        AnchorLog.Read(Anchor)!.Lines.ShouldBeGreaterThan(80);
        await using (await OpenAsync())
        {
            var content = AnchorLog.Read(Anchor)!;
            content.Lines.ShouldBe(2);
            content.Heads["bolt"].Sequence.ShouldBe(42);
        }
    }

    [Fact]
    public async Task A_restored_backup_is_accepted_by_name_and_the_decision_is_kept()
    {
        await using (var store = await OpenAsync())
        {
            await FillAsync(store, "acme", charges: 1);
            await FillAsync(store, "bolt", charges: 1);
        }

        File.Copy(_directory.Database, _directory.Database + ".backup");
        await using (var store = await OpenAsync())
        {
            await store.RunAsync(BankCommands.Charge("acme", "later", 1, _t0));
        }

        Restore();
        var accepted = await AnchorAcceptance.AcceptSqliteAsync(_directory.Database, Anchor, "Operations", "Restored last night's copy", _time, default);
        accepted.Contradictions.ShouldHaveSingleItem().ShouldContain("\"acme\"");
        accepted.Accounts.ShouldBe(2);
        File.Exists(accepted.FormerAnchor).ShouldBeTrue();
        AnchorLog.Read(accepted.FormerAnchor!)!.Heads["acme"].Sequence.ShouldBe(4);
        var decision = (await File.ReadAllLinesAsync(accepted.Decisions)).ShouldHaveSingleItem();
        decision.ShouldContain("\"by\":\"Operations\",\"reason\":\"Restored last night's copy\"");
        decision.ShouldContain("\"account\":\"acme\",\"anchored_entry\":4");
        decision.ShouldContain("\"accepted_entry\":3");
        await using (var store = await OpenAsync())
        {
            (await store.RunAsync(BankCommands.Charge("acme", "later", 1, _t0))).Replayed.ShouldBeFalse();
        }

        AnchorLog.Read(Anchor)!.Heads["acme"].Sequence.ShouldBe(4);
    }

    [Fact]
    public async Task A_database_that_a_process_has_open_is_not_accepted()
    {
        await using var store = await OpenAsync();
        await FillAsync(store, "acme", charges: 1);
        var refusal = await Should.ThrowAsync<LedgerStartException>(() => AnchorAcceptance.AcceptSqliteAsync(_directory.Database, Anchor, "me", "why", _time, default));
        refusal.ExitCode.ShouldBe(75);
    }

    [Fact]
    public void An_anchor_without_room_is_told_and_holds_nobody_up()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        using var log = AnchorLog.Continue("/dev/full", new AnchorContent(new Dictionary<string, AccountHead>(), 0, 0));
        log.Fault.ShouldBeNull();
        log.Append([new AccountHead("acme", 1, new byte[32])]);
        log.Fault.ShouldNotBeNull();
    }

    [Fact]
    public async Task The_root_of_a_day_is_written_when_the_day_is_over_and_can_be_computed_again()
    {
        await using (var store = await OpenAsync())
        {
            await FillAsync(store, "acme", charges: 2);
            await FillAsync(store, "bolt", charges: 1);
        }

        _time.Now = _t0 + Duration.FromHours(25);
        var roots = RootLog.PathBeside(Anchor);
        await using (var store = await OpenAsync())
        {
            await store.RunAsync(BankCommands.Charge("acme", "next day", 1, _time.Now));
            for (var i = 0; i < 500 && RootLog.Newest(roots) is null; i++)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
            }

            var root = RootLog.Newest(roots).ShouldNotBeNull();
            root.Day.ShouldBe(new LocalDate(2026, 3, 1));
            root.Accounts.ShouldBe(2);
            await using var snapshot = await store.BeginReadAsync(default);
            (await RootLog.ComputeAsync(snapshot, root.Day, default)).ShouldBe(root);
        }
    }

    [Fact]
    public void Roots_split_as_in_RFC_6962()
    {
        // Computed outside the product: leaves 00 || len || id || seq || hash, three of them.
        AccountHead[] heads = [new("c", 3, Enumerable.Repeat((byte)3, 32).ToArray()), new("a", 1, Enumerable.Repeat((byte)1, 32).ToArray()), new("b", 2, Enumerable.Repeat((byte)2, 32).ToArray())];
        Convert.ToHexStringLower(MerkleRoot.Of(heads)).ShouldBe("416f84ad858a8ad5f7736a58a1190f223fa8aa85cd1cda6b9a6261cc8483dd3c");
        Convert.ToHexStringLower(MerkleRoot.Of([])).ShouldBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }

    private async Task<ILedgerStore> OpenAsync()
    {
        var store = SqliteLedgerStore.Open(_directory.Database, _time);
        try
        {
            return await AnchoredStore.OpenAsync(store, Anchor, _time, default);
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    private async Task FillAndCloseAsync()
    {
        await using var store = await OpenAsync();
        await FillAsync(store, "acme", charges: 2);
    }

    private void Restore()
    {
        File.Delete(_directory.Database + "-wal");
        File.Delete(_directory.Database + "-shm");
        File.Copy(_directory.Database + ".backup", _directory.Database, overwrite: true);
    }

    /// <summary>One commit per command; the account then has two entries and one for each charge.</summary>
    private static async Task FillAsync(ILedgerStore store, string account, int charges, long amount = 1)
    {
        await store.RunAsync(BankCommands.Open(account, _t0));
        await store.RunAsync(BankCommands.Grant(account, "g", "g", 1000, _t0));
        for (var i = 0; i < charges; i++)
        {
            await store.RunAsync(BankCommands.Charge(account, $"c{i}", amount, _t0));
        }
    }
}
