using NodaTime;
using Rules.Engine.Accounts;
using Rules.Ledger.Storage.Sqlite;
using Rules.Ledger.Tests.Bank;
using Rules.Ledger.Writing;
using Shouldly;
using Xunit;

namespace Rules.Ledger.Tests.Writing;

public sealed class CommandWriterTests : IAsyncLifetime, IDisposable
{
    private static readonly Instant _t0 = BankCommands.Start;

    private readonly TemporaryDirectory _directory = new();
    private SqliteLedgerStore _store = null!;

    public Task InitializeAsync()
    {
        _store = SqliteLedgerStore.Open(_directory.Database, new ManualTime(_t0));
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _store.DisposeAsync();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task F1_many_clients_draw_exactly_what_is_there()
    {
        await _store.RunAsync(BankCommands.Open("acme", _t0), BankCommands.Grant("acme", "g", "g", 1000, _t0));
        await using var writer = new CommandWriter(_store, 4096);
        var clients = Enumerable.Range(0, 64).Select(client => Task.Run(async () =>
        {
            var answers = new List<CommandResult>();
            for (var i = 0; i < 63; i++)
            {
                // Every request is sent twice, as a client does whose first answer was lost.
                var key = $"c{client}-{i}";
                var twice = await Task.WhenAll(writer.SubmitAsync(BankCommands.Charge("acme", key, 1, _t0), default),
                    writer.SubmitAsync(BankCommands.Charge("acme", key, 1, _t0), default));
                twice.Count(answer => answer.Replayed).ShouldBe(1);
                twice[0].Body.ToArray().ShouldBe(twice[1].Body.ToArray());
                answers.Add(twice[0]);
            }

            return answers;
        }));
        var all = (await Task.WhenAll(clients)).SelectMany(answers => answers).ToList();
        all.Count(answer => answer.Status == CommandStatus.Accepted).ShouldBe(1000);
        all.Count(answer => answer.Status == CommandStatus.Refused).ShouldBe((64 * 63) - 1000);
        var proof = await _store.AccountProofAsync("acme");
        proof.Lots.Single().Available.ShouldBe(0);
        proof.Lots.Single().Spent.ShouldBe(1000);
        await _store.ShouldHoldAsync();
    }

    [Fact]
    public async Task F2_one_key_sent_many_times_makes_one_entry_and_one_answer()
    {
        await _store.RunAsync(BankCommands.Open("acme", _t0), BankCommands.Grant("acme", "g", "g", 1000, _t0));
        await using var writer = new CommandWriter(_store, 4096);
        var answers = await Task.WhenAll(Enumerable.Range(0, 2000).Select(_ => Task.Run(() => writer.SubmitAsync(BankCommands.Charge("acme", "once", 7, _t0), default))));
        answers.Count(answer => !answer.Replayed).ShouldBe(1);
        answers.ShouldAllBe(answer => answer.Status == CommandStatus.Accepted && answer.Sequence == 3);
        answers.Select(answer => Convert.ToHexString(answer.Body.Span)).Distinct().ShouldHaveSingleItem();
        (await _store.AccountProofAsync("acme")).Lots.Single().Spent.ShouldBe(7);
    }

    [Fact]
    public async Task F3_a_key_with_another_command_is_refused_and_writes_nothing()
    {
        await _store.RunAsync(BankCommands.Open("acme", _t0), BankCommands.Grant("acme", "g", "g", 1000, _t0), BankCommands.Charge("acme", "k", 7, _t0));
        var before = await _store.HashesAsync();
        var answers = await _store.RunAsync(BankCommands.Charge("acme", "k", 8, _t0), BankCommands.Grant("acme", "k", "h", 7, _t0));
        answers.ShouldAllBe(answer => answer.Status == CommandStatus.KeyReused && answer.Body.IsEmpty);
        (await _store.HashesAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task F3_the_same_key_in_another_account_is_another_command()
    {
        await _store.RunAsync(BankCommands.Open("acme", _t0), BankCommands.Open("bolt", _t0), BankCommands.Grant("acme", "g", "g", 10, _t0), BankCommands.Grant("bolt", "g", "g", 10, _t0));
        var answers = await _store.RunAsync(BankCommands.Charge("acme", "k", 7, _t0), BankCommands.Charge("bolt", "k", 8, _t0));
        answers.ShouldAllBe(answer => answer.Status == CommandStatus.Accepted && !answer.Replayed);
    }

    [Fact]
    public async Task A_system_entrys_key_cannot_be_taken_for_a_repetition()
    {
        await _store.RunAsync(BankCommands.Open("acme", _t0), BankCommands.Grant("acme", "g", "g", 10, _t0, Duration.FromHours(1)));
        await _store.RunAsync(BankCommands.Grant("acme", "h", "h", 10, _t0 + Duration.FromHours(2)));
        (await _store.RunAsync(BankCommands.Charge("acme", "sys:expire:1", 1, _t0))).Status.ShouldBe(CommandStatus.KeyReused);
    }

    [Fact]
    public async Task A_refusal_is_answered_the_same_after_a_top_up()
    {
        await _store.RunAsync(BankCommands.Open("acme", _t0));
        var refused = await _store.RunAsync(BankCommands.Charge("acme", "k", 7, _t0));
        await _store.RunAsync(BankCommands.Grant("acme", "g", "g", 100, _t0));
        var again = await _store.RunAsync(BankCommands.Charge("acme", "k", 7, _t0));
        refused.Status.ShouldBe(CommandStatus.Refused);
        again.Status.ShouldBe(CommandStatus.Refused);
        again.Replayed.ShouldBeTrue();
        again.Body.ToArray().ShouldBe(refused.Body.ToArray());
    }

    [Fact]
    public async Task L6_a_refusal_changes_nothing_but_the_accounts_time_and_its_key()
    {
        await _store.RunAsync(BankCommands.Open("acme", _t0), BankCommands.Grant("acme", "g", "g", 5, _t0));
        var before = await _store.AccountProofAsync("acme");
        var later = _t0 + Duration.FromSeconds(9);
        (await _store.RunAsync(BankCommands.Charge("acme", "k", 7, later))).Status.ShouldBe(CommandStatus.Refused);
        var after = await _store.AccountProofAsync("acme");
        after.Lots.ShouldBe(before.Lots);
        after.Head.HeadSequence.ShouldBe(before.Head.HeadSequence);
        after.Head.HeadHash.ToArray().ShouldBe(before.Head.HeadHash.ToArray());
        after.Head.State.LastAt.ShouldBe(later);
    }

    [Fact]
    public async Task After_a_refusal_a_clock_that_steps_back_does_not_revive_an_expired_lot()
    {
        await _store.RunAsync(BankCommands.Open("acme", _t0), BankCommands.Grant("acme", "g", "g", 5, _t0, Duration.FromHours(1)));
        await _store.RunAsync(BankCommands.Charge("acme", "late", 7, _t0 + Duration.FromHours(1)));
        (await _store.RunAsync(BankCommands.Charge("acme", "back", 5, _t0 + Duration.FromMinutes(59)))).Status.ShouldBe(CommandStatus.Refused);
        await _store.ShouldHoldAsync();
    }

    [Fact]
    public async Task L14_a_lot_is_spendable_until_the_microsecond_before_it_expires()
    {
        var hour = Duration.FromHours(1);
        await _store.RunAsync(BankCommands.Open("acme", _t0), BankCommands.Grant("acme", "g", "g", 5, _t0, hour));
        (await _store.RunAsync(BankCommands.Charge("acme", "a", 1, _t0 + hour - Duration.FromTicks(10)))).Status.ShouldBe(CommandStatus.Accepted);
        (await _store.RunAsync(BankCommands.Charge("acme", "b", 1, _t0 + hour))).Status.ShouldBe(CommandStatus.Refused);
        (await _store.AccountProofAsync("acme")).Lots.Single().Expired.ShouldBe(4);
    }

    [Fact]
    public async Task Commands_for_an_account_that_was_not_opened_are_told_so()
    {
        var answers = await _store.RunAsync(BankCommands.Charge("acme", "k", 7, _t0), BankCommands.Open("acme", _t0), BankCommands.Charge("acme", "k", 7, _t0));
        answers.Select(answer => answer.Status).ShouldBe([CommandStatus.AccountUnknown, CommandStatus.Accepted, CommandStatus.Refused]);
    }

    [Fact]
    public async Task An_account_is_opened_once_and_its_opening_is_repeated()
    {
        var first = await _store.RunAsync(BankCommands.Open("acme", _t0, "k1"));
        var repeated = await _store.RunAsync(BankCommands.Open("acme", _t0, "k1"));
        var second = await _store.RunAsync(BankCommands.Open("acme", _t0, "k2"));
        repeated.Replayed.ShouldBeTrue();
        repeated.Body.ToArray().ShouldBe(first.Body.ToArray());
        second.Status.ShouldBe(CommandStatus.AccountExists);
    }

    [Fact]
    public async Task A_grants_id_is_used_once()
    {
        await _store.RunAsync(BankCommands.Open("acme", _t0));
        var answers = await _store.RunAsync(BankCommands.Grant("acme", "k1", "g", 5, _t0), BankCommands.Grant("acme", "k2", "g", 5, _t0));
        answers[1].Error.ShouldNotBeNull().Code.ShouldBe("id_used");
        (await _store.RunAsync(BankCommands.Grant("acme", "k3", "g", 5, _t0))).Status.ShouldBe(CommandStatus.Invalid);
        (await _store.RunAsync(BankCommands.Grant("acme", "k1", "g", 5, _t0))).Replayed.ShouldBeTrue();
    }

    [Fact]
    public async Task A_command_that_the_store_refuses_fails_alone()
    {
        await _store.RunAsync(BankCommands.Open("acme", _t0), BankCommands.Grant("acme", "g", "g", 10, _t0), BankCommands.Open("bolt", _t0), BankCommands.Grant("bolt", "g", "g", 10, _t0));
        var answers = await _store.RunAsync(BankCommands.Charge("acme", "a", 1, _t0), BankCommands.Poison("acme", "p", _t0),
            BankCommands.Charge("acme", "b", 1, _t0), BankCommands.Charge("bolt", "c", 1, _t0));
        answers.Select(answer => answer.Status)
            .ShouldBe([CommandStatus.Accepted, CommandStatus.OutcomeUnknown, CommandStatus.Accepted, CommandStatus.Accepted]);
        (await _store.AccountProofAsync("acme")).Lots.Single().Spent.ShouldBe(2);
        await _store.ShouldHoldAsync();
    }

    [Fact]
    public async Task A_full_queue_says_so_at_once()
    {
        await _store.RunAsync(BankCommands.Open("acme", _t0));
        await using var writer = new CommandWriter(_store, 4);
        Task<CommandResult>[] waiting;
        await using (await _store.BeginWriteAsync(default))
        {
            // The writer holds at most one batch while the store is taken; the queue then takes four more.
            waiting = [.. Enumerable.Range(0, 600).Select(i => writer.SubmitAsync(BankCommands.Charge("acme", $"k{i}", 1, _t0), default))];
        }

        var answers = await Task.WhenAll(waiting);
        answers.ShouldContain(answer => answer.Status == CommandStatus.Busy);
        var busy = Array.FindIndex(answers, answer => answer.Status == CommandStatus.Busy);
        (await writer.SubmitAsync(BankCommands.Charge("acme", $"k{busy}", 1, _t0), default)).Replayed.ShouldBeFalse();
    }

    [Fact]
    public async Task An_answer_is_given_only_after_its_entry_can_be_read()
    {
        await _store.RunAsync(BankCommands.Open("acme", _t0), BankCommands.Grant("acme", "g", "g", 1000, _t0));
        await using var writer = new CommandWriter(_store, 4096);
        var checks = Enumerable.Range(0, 100).Select(async i =>
        {
            var answer = await writer.SubmitAsync(BankCommands.Charge("acme", $"k{i}", 1, _t0), default);
            await using var snapshot = await _store.BeginReadAsync(default);
            return await snapshot.EntryAsync("acme", answer.Sequence!.Value, default);
        });
        (await Task.WhenAll(checks)).ShouldAllBe(entry => entry != null && entry.Row.Kind == EntryKind.Charge);
    }
}
