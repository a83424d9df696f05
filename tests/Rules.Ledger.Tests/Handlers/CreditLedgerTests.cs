using System.Text;
using System.Text.Json;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Accounts;
using Rules.Engine.Pricing;
using Rules.Ledger.Tests.Bank;
using Shouldly;
using Xunit;

namespace Rules.Ledger.Tests.Handlers;

/// <summary>The commands and reads over the shipped rule files.</summary>
public sealed class CreditLedgerTests : IAsyncLifetime, IDisposable
{
    private static readonly Instant _t0 = Instant.FromUtc(2026, 3, 10, 9, 0);

    private readonly ManualTime _time = new(_t0);
    private readonly TemporaryDirectory _directory = new();
    private CreditLedger _ledger = null!;

    public async Task InitializeAsync()
    {
        _ledger = await OpenAsync();
        await _ledger.Rulesets.LoadAsync([RuleFiles.Biodock, RuleFiles.Bookbag], default);
    }

    public async Task DisposeAsync() => await _ledger.DisposeAsync();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_run_is_charged_with_its_explanation_and_sent_twice_is_charged_once()
    {
        await OpenAsync("lab", "biodock");
        var first = await _ledger.ChargeAsync("lab", Run("r-17", 6000, 120_000), "k1", default);
        var second = await _ledger.ChargeAsync("lab", Run("r-17", 6000, 120_000), "k1", default);
        first.Status.ShouldBe(CommandStatus.Accepted);
        first.Outcome.ShouldBe(QuoteOutcome.Charged);
        Member(first, "charge").ShouldBe("8.95");
        Json(first).GetProperty("steps").GetArrayLength().ShouldBeGreaterThan(5);
        second.Replayed.ShouldBeTrue();
        second.Sequence.ShouldBe(first.Sequence);
        second.Body.ToArray().ShouldBe(first.Body.ToArray());
        (await EntriesAsync("lab")).Count(entry => entry.Kind == EntryKind.Charge).ShouldBe(1);
    }

    [Fact]
    public async Task A_runs_later_parts_go_on_in_its_tiers_also_after_a_restart()
    {
        await OpenAsync("lab", "biodock");
        var charged = 0m;
        for (var part = 0; part < 6; part++)
        {
            if (part == 3)
            {
                await ReopenAsync();
            }

            var result = await _ledger.ChargeAsync("lab", Run("r-17", 1000, 20_000), $"k{part}", default);
            charged += decimal.Parse(Member(result, "charge"), System.Globalization.CultureInfo.InvariantCulture);
        }

        charged.ShouldBe(8.95m);
        Member(await _ledger.ChargeAsync("lab", Run("r-18", 1000, 0), "other", default), "charge").ShouldBe("1");
        await HoldsAsync();
    }

    [Fact]
    public async Task Charges_before_and_after_a_publication_in_one_instant_are_both_proved()
    {
        await OpenAsync("lab", "biodock");
        var before = await _ledger.ChargeAsync("lab", Run("r-1", 100, 0), "k1", default);
        var text = RuleFiles.Biodock.Text.Replace("version 1 effective 2024-09-01", "version 2 effective 2025-01-01", StringComparison.Ordinal);
        (await _ledger.Rulesets.PublishAsync("biodock.v2.rules", text, "kim", default)).Version.ShouldNotBeNull().ActiveFrom.ShouldBe(_t0);
        var after = await _ledger.ChargeAsync("lab", Run("r-2", 100, 0), "k2", default);
        Json(before).GetProperty("version").GetInt32().ShouldBe(1);
        Json(after).GetProperty("version").GetInt32().ShouldBe(2);
        await HoldsAsync();
    }

    [Theory]
    [InlineData(2)]
    [InlineData(280)]
    public async Task Charges_of_an_account_whose_time_is_ahead_are_proved_across_a_publication(int secondsAhead)
    {
        await OpenAsync("lab", "biodock");
        var ahead = Run("r-1", 100, 0) with { OccurredAt = _t0 + Duration.FromSeconds(secondsAhead) };
        (await _ledger.ChargeAsync("lab", ahead, "k1", default)).Status.ShouldBe(CommandStatus.Accepted);
        _time.Now = _t0 + Duration.FromMilliseconds(500);
        var before = await _ledger.ChargeAsync("lab", Run("r-2", 100, 0) with { OccurredAt = _time.Now }, "k2", default);
        _time.Now = _t0 + Duration.FromSeconds(1);
        var text = RuleFiles.Biodock.Text.Replace("version 1 effective 2024-09-01", "version 2 effective 2025-01-01", StringComparison.Ordinal);
        (await _ledger.Rulesets.PublishAsync("biodock.v2.rules", text, "kim", default)).Version.ShouldNotBeNull().ActiveFrom.ShouldBe(_time.Now);
        var after = await _ledger.ChargeAsync("lab", Run("r-3", 100, 0) with { OccurredAt = _time.Now }, "k3", default);
        Json(before).GetProperty("version").GetInt32().ShouldBe(1);
        Json(after).GetProperty("version").GetInt32().ShouldBe(2);
        await HoldsAsync();
    }

    [Fact]
    public async Task Parts_of_a_run_in_one_batch_and_in_many_come_to_the_same()
    {
        await OpenAsync("one", "biodock");
        await OpenAsync("many", "biodock");
        await Task.WhenAll(Enumerable.Range(0, 50).Select(part => _ledger.ChargeAsync("one", Run("r", 137, 2411), $"k{part}", default)));
        for (var part = 0; part < 50; part++)
        {
            await _ledger.ChargeAsync("many", Run("r", 137, 2411), $"k{part}", default);
        }

        var one = (await EntriesAsync("one")).Select(entry => entry.Amount).Order();
        one.ShouldBe((await EntriesAsync("many")).Select(entry => entry.Amount).Order());
        await HoldsAsync();
    }

    [Fact]
    public async Task A_plans_credits_are_drawn_until_the_allotment_is_used_up()
    {
        await OpenAsync("team", "bookbag", "Free");
        for (var i = 0; i < 20; i++)
        {
            (await ReplyAsync("team", $"k{i}")).Status.ShouldBe(CommandStatus.Accepted);
        }

        var blocked = await ReplyAsync("team", "k20");
        blocked.Status.ShouldBe(CommandStatus.Refused);
        blocked.Outcome.ShouldBe(QuoteOutcome.Blocked);
        blocked.Sequence.ShouldBeNull();
        (await BalanceAsync("team")).ShouldBe([new BucketBalance("allotment", 0)]);
        await _ledger.GrantAsync("team", new GrantCredits("gift", "allotment", 50, _t0), "grant", default);
        var again = await ReplyAsync("team", "k20");
        again.Status.ShouldBe(CommandStatus.Refused);
        again.Replayed.ShouldBeTrue();
        again.Body.ToArray().ShouldBe(blocked.Body.ToArray());
        (await ReplyAsync("team", "k21")).Status.ShouldBe(CommandStatus.Accepted);
        await HoldsAsync();
    }

    [Fact]
    public async Task A_renewal_falls_due_by_the_next_command_and_shows_in_balances_before_it()
    {
        await OpenAsync("team", "bookbag", "Hobby");
        await ReplyAsync("team", "k1");
        (await BalanceAsync("team")).Single().Available.ShouldBe(1995);
        (await _ledger.BalanceAsync("team", Instant.FromUtc(2026, 4, 10, 9, 0), default)).ShouldNotBeNull().Buckets.Single().Available.ShouldBe(2000);
        (await EntriesAsync("team")).Count.ShouldBe(3);
        _time.Now = Instant.FromUtc(2026, 5, 11, 0, 0);
        await ReplyAsync("team", "k2");
        (await BalanceAsync("team")).Single().Available.ShouldBe(1995);
        (await _ledger.BalanceAsync("team", _t0 + Duration.FromDays(1), default)).ShouldNotBeNull().Buckets.Single().Available.ShouldBe(1995);
        var kinds = (await EntriesAsync("team")).Select(entry => entry.Kind).Reverse().ToList();
        kinds.ShouldBe([EntryKind.Subscribe, EntryKind.Grant, EntryKind.Charge, EntryKind.Expiry, EntryKind.Grant, EntryKind.Expiry, EntryKind.Grant, EntryKind.Charge]);
        await HoldsAsync();
    }

    [Fact]
    public async Task An_opening_in_the_past_has_its_renewals_behind_it()
    {
        var opened = await _ledger.OpenAccountAsync(new OpenAccount("old", "bookbag", Instant.FromUtc(2026, 1, 31, 10, 0)) { Plan = "Free" }, "open", default);
        opened.Status.ShouldBe(CommandStatus.Accepted);
        (await EntriesAsync("old")).Count(entry => entry.Kind == EntryKind.Grant).ShouldBe(2);
        (await BalanceAsync("old")).Single().Available.ShouldBe(100);
        await HoldsAsync();
    }

    [Fact]
    public async Task A_quote_is_what_the_charge_then_answers_and_writes_nothing()
    {
        await OpenAsync("lab", "biodock");
        await _ledger.ChargeAsync("lab", Run("r", 900, 0), "k0", default);
        var before = await EntriesAsync("lab");
        var quote = await _ledger.QuoteAsync("lab", Run("r", 200, 10), default);
        (await EntriesAsync("lab")).Count.ShouldBe(before.Count);
        var charge = await _ledger.ChargeAsync("lab", Run("r", 200, 10), "k1", default);
        Text(quote).ShouldBe(Text(charge));
        quote.Sequence.ShouldBeNull();
    }

    [Fact]
    public async Task A_quote_of_an_unknown_account_says_so() =>
        (await _ledger.QuoteAsync("nobody", Run("r", 1, 1), default)).Status.ShouldBe(CommandStatus.AccountUnknown);

    [Theory]
    [InlineData("")]
    [InlineData("sys:expire:1")]
    [InlineData("käse")]
    [InlineData("a\nb")]
    public async Task A_key_that_is_none_is_refused(string key)
    {
        await OpenAsync("lab", "biodock");
        var result = await _ledger.ChargeAsync("lab", Run("r", 1, 1), key, default);
        result.Status.ShouldBe(CommandStatus.Invalid);
        result.Error.ShouldNotBeNull().Code.ShouldBe("idempotency_key_invalid");
    }

    [Fact]
    public async Task The_longest_key_has_128_characters()
    {
        await OpenAsync("lab", "biodock");
        (await _ledger.ChargeAsync("lab", Run("r", 1, 1), new string('k', 128), default)).Status.ShouldBe(CommandStatus.Accepted);
        (await _ledger.ChargeAsync("lab", Run("r", 1, 1), new string('k', 129), default)).Status.ShouldBe(CommandStatus.Invalid);
    }

    [Fact]
    public async Task An_event_from_the_future_is_refused_and_one_within_the_tolerance_is_not()
    {
        await OpenAsync("lab", "biodock");
        var ahead = Run("r", 1, 1) with { OccurredAt = _t0 + Duration.FromMinutes(5) };
        var beyond = ahead with { OccurredAt = _t0 + Duration.FromMinutes(5) + Duration.FromTicks(10) };
        (await _ledger.ChargeAsync("lab", beyond, "k1", default)).Error.ShouldNotBeNull().Code.ShouldBe("in_the_future");
        (await _ledger.ChargeAsync("lab", ahead, "k1", default)).Status.ShouldBe(CommandStatus.Accepted);
        await HoldsAsync();
    }

    [Fact]
    public async Task A_late_event_is_flagged_and_one_older_than_the_window_is_refused()
    {
        await OpenAsync("lab", "biodock", at: _t0 - Duration.FromDays(10));
        var late = Run("r", 1, 1) with { OccurredAt = _t0 - Duration.FromHours(72) };
        var older = late with { OccurredAt = late.OccurredAt - Duration.FromTicks(10) };
        (await _ledger.ChargeAsync("lab", older, "k1", default)).Error.ShouldNotBeNull().Code.ShouldBe("too_old");
        (await _ledger.ChargeAsync("lab", late, "k1", default)).Status.ShouldBe(CommandStatus.Accepted);
        (await _ledger.ChargeAsync("lab", Run("r", 1, 1), "k2", default)).Status.ShouldBe(CommandStatus.Accepted);
        (await EntriesAsync("lab")).Where(entry => entry.Kind == EntryKind.Charge).Select(entry => entry.Late).ShouldBe([false, true]);
    }

    [Fact]
    public async Task An_answered_event_is_repeated_also_after_the_window_has_closed()
    {
        await OpenAsync("lab", "biodock");
        await _ledger.ChargeAsync("lab", Run("r", 1, 1), "k1", default);
        _time.Now = _t0 + Duration.FromDays(400);
        (await _ledger.ChargeAsync("lab", Run("r", 1, 1), "k1", default)).Replayed.ShouldBeTrue();
    }

    [Fact]
    public async Task An_event_timed_on_arrival_is_the_same_command_at_any_time()
    {
        await OpenAsync("lab", "biodock");
        var usage = Run("r", 1, 1) with { TimedOnArrival = true };
        await _ledger.ChargeAsync("lab", usage, "k1", default);
        _time.Now += Duration.FromMinutes(1);
        (await _ledger.ChargeAsync("lab", usage with { OccurredAt = _time.Now }, "k1", default)).Replayed.ShouldBeTrue();
        (await _ledger.ChargeAsync("lab", Run("r", 1, 1), "k1", default)).Status.ShouldBe(CommandStatus.KeyReused);
    }

    [Fact]
    public async Task The_order_of_names_and_trailing_zeros_make_no_other_command()
    {
        await OpenAsync("lab", "biodock");
        var usage = Run("r", 10, 20) with { Facts = [new("tile-size", "1000")] };
        await _ledger.ChargeAsync("lab", usage, "k1", default);
        var same = usage with { Quantities = [new("crop", ExactDecimal.Parse("20.0")), new("image", ExactDecimal.Parse("10.00"))] };
        (await _ledger.ChargeAsync("lab", same, "k1", default)).Replayed.ShouldBeTrue();
        var other = usage with { Quantities = [new("crop", 21), new("image", 10)] };
        (await _ledger.ChargeAsync("lab", other, "k1", default)).Status.ShouldBe(CommandStatus.KeyReused);
    }

    [Fact]
    public async Task An_event_that_cannot_be_priced_is_told_and_not_stored()
    {
        await OpenAsync("lab", "biodock");
        var result = await _ledger.ChargeAsync("lab", Run("r", 1, 1) with { Action = "nothing" }, "k1", default);
        result.Status.ShouldBe(CommandStatus.Invalid);
        result.Error.ShouldNotBeNull();
        (await _ledger.ChargeAsync("lab", Run("r", 1, 1), "k1", default)).Status.ShouldBe(CommandStatus.Accepted);
    }

    [Fact]
    public async Task Accounts_are_opened_once_under_a_ruleset_that_is_published()
    {
        (await OpenAsync("lab", "biodock")).Status.ShouldBe(CommandStatus.Accepted);
        (await _ledger.OpenAccountAsync(new OpenAccount("lab", "biodock", _t0), "again", default)).Status.ShouldBe(CommandStatus.AccountExists);
        (await _ledger.OpenAccountAsync(new OpenAccount("x", "nothing", _t0), "k", default)).Error.ShouldNotBeNull().Code.ShouldBe("ruleset_unknown");
        (await _ledger.OpenAccountAsync(new OpenAccount("a b\n", "biodock", _t0), "k", default)).Error.ShouldNotBeNull().Code.ShouldBe("account_id_invalid");
        (await _ledger.ChargeAsync("nobody", Run("r", 1, 1), "k", default)).Status.ShouldBe(CommandStatus.AccountUnknown);
        (await _ledger.BalanceAsync("nobody", null, default)).ShouldBeNull();
        (await _ledger.EntryAsync("nobody", 1, default)).ShouldBeNull();
    }

    [Fact]
    public async Task An_entry_carries_its_event_and_its_first_answer()
    {
        await OpenAsync("lab", "biodock");
        var charge = await _ledger.ChargeAsync("lab", Run("r-17", 6000, 120_000), "k1", default);
        var entry = (await _ledger.EntryAsync("lab", charge.Sequence!.Value, default)).ShouldNotBeNull();
        entry.Answer.ShouldNotBeNull().ToArray().ShouldBe(charge.Body.ToArray());
        Encoding.UTF8.GetString(entry.Event.ShouldNotBeNull().Span).ShouldContain("\"run\":\"r-17\"");
        entry.Summary.Action.ShouldBe("analysis");
        entry.Summary.Amount.ShouldBe(895_000);
        entry.Summary.Decimals.ShouldBe(5);
        entry.Summary.BalanceAfter.ShouldBeNull();
        entry.Summary.Outcome.ShouldBe(QuoteOutcome.Charged);
    }

    [Fact]
    public async Task An_entry_that_priced_nothing_has_no_event()
    {
        await OpenAsync("team", "bookbag", "Hobby");
        var page = await _ledger.EntriesAsync(new EntryFilter("team", Kind: EntryKind.Grant), default);
        (await _ledger.EntryAsync("team", page.Items.Single().Sequence, default)).ShouldNotBeNull().Event.ShouldBeNull();
    }

    [Fact]
    public async Task Accounts_are_listed_with_balance_plan_and_number_of_entries()
    {
        await OpenAsync("team", "bookbag", "Hobby");
        await OpenAsync("lab", "biodock");
        await ReplyAsync("team", "k1");
        var page = await _ledger.AccountsAsync(new AccountFilter(Limit: 1), default);
        page.Items.Single().Id.ShouldBe("lab");
        var team = (await _ledger.AccountsAsync(new AccountFilter(After: page.Next), default)).Items.Single();
        team.Plan.ShouldBe("Hobby");
        team.Entries.ShouldBe(3);
        team.Balances.ShouldBe([new BucketBalance("allotment", 1995)]);
        team.LastEntryAt.ShouldBe(_t0);
    }

    [Fact]
    public async Task A_cursor_that_no_page_gave_has_nothing_after_it() =>
        (await _ledger.EntriesAsync(new EntryFilter(After: "x"), default)).Items.ShouldBeEmpty();

    [Fact]
    public async Task A_tampered_amount_that_fits_its_chain_is_found_by_running_the_rules_again()
    {
        await OpenAsync("lab", "biodock");
        await _ledger.ChargeAsync("lab", Run("r", 6000, 120_000), "k1", default);
        var report = await _ledger.VerifyAsync(null, null, default);
        report.Problems.ShouldBeEmpty();
        report.Entries.ShouldBe(2);
        await _ledger.DisposeAsync();
        await HandMade.ChangeAmountAsync(_directory.Database, "lab", sequence: 2, amount: 1);
        _ledger = await OpenAsync();
        var problem = (await _ledger.VerifyAsync(null, null, default)).Problems.Where(problem => problem.Check != "integrity").ShouldHaveSingleItem();
        problem.Check.ShouldBe("replay");
        problem.Sequence.ShouldBe(2);
    }

    [Theory]
    [InlineData("text=text || '# more'")]
    [InlineData("text=replace(text, '0.001 credits', '0.001 credits plus 1 credit flat')")]
    [InlineData("sha256=zeroblob(32)")]
    public async Task A_published_text_that_was_changed_by_hand_is_found_before_what_follows_from_it(string change)
    {
        await OpenAsync("lab", "biodock");
        await _ledger.ChargeAsync("lab", Run("r", 6000, 120_000), "k1", default);
        await _ledger.DisposeAsync();
        HandMade.ChangeRules(_directory.Database, change + " WHERE ruleset='biodock'");
        _ledger = await OpenAsync();
        var problem = (await _ledger.VerifyAsync(null, null, default)).Problems.First(problem => problem.Check != "integrity");
        (problem.Check, problem.Account, problem.Sequence).ShouldBe(("rules", "", null));
        problem.Message.ShouldBe("version 1 of biodock is not the text whose sha256 was stored when it was published");
        (await _ledger.VerifyAsync("lab", null, default)).Problems.ShouldContain(other => other.Check == "rules");
    }

    [Fact]
    public async Task A_published_text_that_was_changed_so_that_it_does_not_compile_is_told_as_changed()
    {
        await _ledger.DisposeAsync();
        HandMade.ChangeRules(_directory.Database, "text=text || 'nonsense' WHERE ruleset='biodock'");
        var refusal = await Should.ThrowAsync<LedgerStartException>(OpenAsync);
        (refusal.ExitCode, refusal.Code).ShouldBe((LedgerStartException.NeedsDecision, "version_changed"));
        refusal.Message.ShouldBe("Version 1 of biodock is not the text that was published: its sha256 is another. Restore a copy from before it was changed.");
        _ledger = await CreditLedger.OpenSqliteAsync(_directory.Database + ".other", new LedgerOptions { Time = _time }, default);
    }

    private async Task<CreditLedger> OpenAsync() => await CreditLedger.OpenSqliteAsync(_directory.Database, new LedgerOptions { Time = _time }, default);

    private async Task ReopenAsync()
    {
        await _ledger.DisposeAsync();
        _ledger = await OpenAsync();
    }

    private Task<CommandResult> OpenAsync(string id, string ruleset, string? plan = null, Instant? at = null) =>
        _ledger.OpenAccountAsync(new OpenAccount(id, ruleset, at ?? _time.Now) { Plan = plan }, "open", default);

    private Task<CommandResult> ReplyAsync(string account, string key) => _ledger.ChargeAsync(account, new UsageEvent
    {
        OccurredAt = _time.Now,
        Action = "reply",
        Facts = [new("model", "GPT-4o")],
        Record = [new("agent", "a"), new("conversation", "c")],
    }, key, default);

    private async Task<IReadOnlyList<BucketBalance>> BalanceAsync(string account) => (await _ledger.BalanceAsync(account, null, default)).ShouldNotBeNull().Buckets;

    private async Task<IReadOnlyList<EntrySummary>> EntriesAsync(string account) => (await _ledger.EntriesAsync(new EntryFilter(account, Limit: 500), default)).Items;

    private async Task HoldsAsync() => (await _ledger.VerifyAsync(null, null, default)).Problems.ShouldBeEmpty();

    private static UsageEvent Run(string run, int images, int crops) => new()
    {
        OccurredAt = _t0,
        Action = "analysis",
        Quantities = [new("image", images), new("crop", crops)],
        Keys = [new("run", run)],
    };

    private static string Text(CommandResult result) => Encoding.UTF8.GetString(result.Body.Span);

    private static JsonElement Json(CommandResult result) => JsonDocument.Parse(result.Body).RootElement;

    private static string Member(CommandResult result, string name) => Json(result).GetProperty(name).GetString()!;
}
