using NodaTime;
using Rules.Ledger.Storage.Sqlite;
using Rules.Ledger.Tests.Bank;
using Rules.Ledger.Tests.Simulation;
using Shouldly;
using Xunit;

namespace Rules.Ledger.Tests.Matrix;

/// <summary>
/// F19: a program with one migration more opens what the one before wrote. Nothing has been released yet, so the earlier program is this one with the
/// first of its migrations; from the first release on, a database of each belongs here.
/// </summary>
public sealed class UpgradeTests : IDisposable
{
    private static readonly Instant _t0 = Instant.FromUtc(2026, 1, 31, 22, 0);

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task F19_traffic_of_the_program_before_is_taken_over_whole_and_its_keys_still_answer()
    {
        var time = new ManualTime(_t0);
        var earlier = SqliteMigrator.Embedded[..^1];
        var random = new Random(19);
        var commands = new ClientCommands(random, _ => time.Now);
        var sent = new List<(ClientCommand Command, Instant At, CommandResult Result)>();
        string[] journal;
        string[] balances;
        await using (var store = SqliteLedgerStore.Open(_directory.Database, time, earlier))
        {
            await using var ledger = await CreditLedger.OpenAsync(store, new LedgerOptions { Time = time }, default);
            await ledger.Rulesets.LoadAsync([SimulatedRules.File], default);
            for (var i = 0; i < 200; i++)
            {
                time.Now += Duration.FromMinutes(random.Next(400));
                var command = commands.Next(i < 2 ? i == 0 ? "acme" : "bolt" : random.Next(2) == 0 ? "acme" : "bolt", time.Now, i < 2 ? "o" : "ggbccccchhpprvfxls");
                sent.Add((command, time.Now, await command.SendAsync(ledger, time.Now)));
            }

            journal = await store.HashesAsync();
            balances = await BalancesAsync(ledger);
            // As the earlier program leaves it when it dies: nothing closed, nothing moved from the log into the file.
            foreach (var suffix in new[] { "", "-wal" })
            {
                File.Copy(_directory.Database + suffix, Path.Combine(_directory.Root, "left.db" + suffix));
            }
        }

        var left = Path.Combine(_directory.Root, "left.db");
        await using (var upgraded = await CreditLedger.OpenSqliteAsync(left, new LedgerOptions { Time = time }, default))
        {
            (await BalancesAsync(upgraded)).ShouldBe(balances);
            foreach (var (command, at, result) in sent.Where(it => it.Result.Status is CommandStatus.Accepted or CommandStatus.Refused))
            {
                var again = await command.SendAsync(upgraded, at);
                (again.Replayed, again.Status).ShouldBe((true, result.Status), command.ToString());
                again.Body.ToArray().ShouldBe(result.Body.ToArray());
            }

            (await upgraded.VerifyAsync(null, null, default)).Problems.ShouldBeEmpty();
            await using var reading = SqliteLedgerStore.OpenReadOnly(left);
            (await reading.HashesAsync()).ShouldBe(journal);
            time.Now += Duration.FromDays(40);
            (await new ClientCommand('c', "acme", "after") { Amount = 1 }.SendAsync(upgraded, time.Now)).Status.ShouldBe(CommandStatus.Accepted);
        }

        // The way back is refused, and says so.
        Should.Throw<LedgerStartException>(() => SqliteLedgerStore.Open(left, time, earlier)).Code.ShouldBe("database_newer");
    }

    [Fact]
    public void F19_every_migration_only_adds_to_what_the_one_before_left()
    {
        foreach (var later in SqliteMigrator.Embedded.Skip(1))
        {
            later.Sql.ShouldNotContain("DROP ", Case.Insensitive, later.Name);
            later.Sql.ShouldNotContain("DELETE FROM", Case.Insensitive, later.Name);
        }
    }

    private static async Task<string[]> BalancesAsync(CreditLedger ledger)
    {
        var lines = new List<string>();
        foreach (var account in new[] { "acme", "bolt" })
        {
            lines.AddRange((await ledger.BalanceAsync(account, null, default))!.Lots.Select(lot => $"{account} {lot}"));
        }

        return [.. lines];
    }
}
