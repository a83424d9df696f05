using NodaTime;
using Rules.Ledger.Storage.Sqlite;
using Rules.Ledger.Tests.Bank;
using Rules.Ledger.Tests.Handlers;
using Rules.Ledger.Tests.Stores;
using Rules.Ledger.Writing;
using Shouldly;
using Xunit;

namespace Rules.Ledger.Tests.Writing;

/// <summary>A store that takes several accounts at once, and that other nodes share.</summary>
public sealed class AccountLanesTests : IAsyncLifetime, IDisposable
{
    private static readonly Instant _t0 = BankCommands.Start;

    private readonly TemporaryDirectory _directory = new();
    private SqliteLedgerStore _real = null!;
    private SharedStore _store = null!;

    public Task InitializeAsync()
    {
        _real = SqliteLedgerStore.Open(_directory.Database, new ManualTime(_t0));
        _store = new SharedStore(_real);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _real.DisposeAsync();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Accounts_are_written_beside_each_other_and_the_commands_of_each_in_their_order()
    {
        var accounts = Enumerable.Range(0, 12).Select(i => $"a{i}").ToList();
        _store.Delay = TimeSpan.FromMilliseconds(5);
        await using var writer = new CommandWriter(_store, 4096);
        var answers = new List<Task<CommandResult>>();
        answers.AddRange(accounts.Select(account => writer.SubmitAsync(BankCommands.Open(account, _t0), default)));
        answers.AddRange(accounts.Select(account => writer.SubmitAsync(BankCommands.Grant(account, "g", "g", 50, _t0), default)));
        for (var i = 0; i < 40; i++)
        {
            answers.AddRange(accounts.Select(account => writer.SubmitAsync(BankCommands.Charge(account, $"c{i}", 1, _t0), default)));
        }

        (await Task.WhenAll(answers)).ShouldAllBe(answer => answer.Status == CommandStatus.Accepted);
        // Answers in the order of the sequence: no command overtook another of its account.
        foreach (var (account, i) in accounts.Select((account, i) => (account, i)))
        {
            var sequences = Enumerable.Range(0, 42).Select(n => answers[(n * accounts.Count) + i].Result.Sequence!.Value).ToList();
            sequences.ShouldBe(Enumerable.Range(1, 42).Select(n => (long)n), account);
        }

        _store.MostAtOnce.ShouldBeInRange(2, 4);
        await _real.ShouldHoldAsync();
    }

    [Fact]
    public async Task A_batch_of_several_accounts_is_run_account_by_account_with_the_same_journal()
    {
        using var other = new TemporaryDirectory();
        await using var alone = SqliteLedgerStore.Open(other.Database, new ManualTime(_t0));
        PendingCommand[] Commands() => [BankCommands.Open("a", _t0), BankCommands.Open("b", _t0), BankCommands.Grant("b", "g", "g", 9, _t0), BankCommands.Charge("a", "c", 1, _t0), BankCommands.Charge("b", "c", 2, _t0)];
        await _store.RunAsync(Commands());
        await alone.RunAsync(Commands());
        (await _real.HashesAsync()).ShouldBe(await alone.HashesAsync());
    }

    [Fact]
    public async Task A_full_queue_says_so_and_closing_answers_what_waits()
    {
        await _real.RunAsync(BankCommands.Open("acme", _t0), BankCommands.Grant("acme", "g", "g", 1000, _t0));
        _store.Delay = TimeSpan.FromMilliseconds(20);
        var writer = new CommandWriter(_store, 10);
        var answers = Enumerable.Range(0, 100).Select(i => writer.SubmitAsync(BankCommands.Charge("acme", $"c{i}", 1, _t0), default)).ToList();
        await writer.DisposeAsync();
        var all = await Task.WhenAll(answers);
        all.ShouldContain(answer => answer.Status == CommandStatus.Busy);
        all.Count(answer => answer.Status == CommandStatus.Accepted).ShouldBeGreaterThanOrEqualTo(10);
        (await writer.SubmitAsync(BankCommands.Charge("acme", "late", 1, _t0), default)).Status.ShouldBe(CommandStatus.Busy);
    }

    [Fact]
    public async Task F10_entries_are_recorded_by_the_stores_clock_where_it_has_one()
    {
        _store.Now = _t0 + Duration.FromHours(3);
        await _store.RunAsync(BankCommands.Open("acme", _t0), BankCommands.Grant("acme", "g", "g", 10, _t0 - Duration.FromDays(1)));
        await using var snapshot = await _real.BeginReadAsync(default);
        (await snapshot.EntriesAsync(new EntryFilter("acme"), default)).ShouldAllBe(entry => entry.RecordedAt == _t0 + Duration.FromHours(3));
    }

    [Fact]
    public async Task A_node_learns_what_another_has_published_before_it_books_by_it()
    {
        var now = Instant.FromUtc(2026, 11, 21, 12, 0);
        _store.Now = now;
        var options = new LedgerOptions { Time = new ManualTime(now) };
        await using var one = await CreditLedger.OpenAsync(_store, options, default);
        await using var other = await CreditLedger.OpenAsync(new SharedStore(_real) { Now = now }, options, default);
        await one.Rulesets.LoadAsync([RuleFiles.Biodock], default);
        other.Rulesets.Find("biodock").ShouldBeNull();
        (await other.OpenAccountAsync(new Rules.Engine.Accounts.OpenAccount("lab", "biodock", now), "open", default)).Status.ShouldBe(CommandStatus.Accepted);
        other.Rulesets.Find("biodock").ShouldNotBeNull();
        // And it does not publish another text under the same number.
        (await other.Rulesets.PublishAsync("biodock.v1.rules", RuleFiles.Biodock.Text + "\n", "kim", default)).Version.ShouldBeNull();
    }
}
