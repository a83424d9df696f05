using System.Text.Json;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Pricing;
using Rules.Ledger.Tests.Bank;
using Shouldly;
using Xunit;

namespace Rules.Ledger.Tests.Handlers;

/// <summary>Facts and terms, plan changes, purchases, and doing what is due: each once under its key, and proved by a replay.</summary>
public sealed class AccountCommandTests : IAsyncLifetime, IDisposable
{
    private const string Text = """
        language 1
        ruleset shop version 1 effective 2026-01-01
        credit "credit" to 2 decimals, rounding half up
        currency USD to 2 decimals, rounding half up
        account shop
          has size one of small, large, normally small
        meter token whole
        action use
          measures token
        price use
          per token  0.5 credits
          except when size is large
            per token  0.25 credits
        bucket included from plan
          unused expires at cycle end
        bucket prepaid from purchase
          unused never expires
        consume included, then prepaid
        cycle monthly
        plan Team grants 100 credits every month into included
        plan Big  grants 500 credits every month into included
        sell prepaid
          per credit  0.02 USD
        pack "small" 40 credits into prepaid
        at zero
          block use until renewal or purchase
          if short refuse
        """;

    private readonly ManualTime _time = new(Instant.FromUtc(2026, 4, 10, 9, 0));
    private readonly TemporaryDirectory _directory = new();
    private CreditLedger _ledger = null!;

    public async Task InitializeAsync()
    {
        _ledger = await CreditLedger.OpenSqliteAsync(_directory.Database, new LedgerOptions { Time = _time }, default);
        await _ledger.Rulesets.LoadAsync([new RuleFile("shop.v1.rules", Text + "\n")], default);
        (await _ledger.OpenAccountAsync(new OpenAccount("w", "shop", _time.Now) { Plan = "Team" }, "open", default)).Status.ShouldBe(CommandStatus.Accepted);
    }

    public async Task DisposeAsync() => await _ledger.DisposeAsync();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task An_account_that_comes_with_an_anchor_keeps_its_renewal_day_and_is_proved_with_it()
    {
        var opening = new OpenAccount("moved", "shop", _time.Now) { Plan = "Team", Anchor = Instant.FromUtc(2026, 1, 31, 7, 30) };
        var opened = await _ledger.OpenAccountAsync(opening, "open", default);
        opened.Status.ShouldBe(CommandStatus.Accepted);
        var cycle = (await _ledger.BalanceAsync("moved", null, default))!.Cycle.ShouldNotBeNull();
        (cycle.Start, cycle.End).ShouldBe((_time.Now, Instant.FromUtc(2026, 4, 30, 7, 30)));
        (await _ledger.OpenAccountAsync(opening, "open", default)).Replayed.ShouldBeTrue();
        (await _ledger.OpenAccountAsync(opening with { Anchor = null }, "open", default)).Status.ShouldBe(CommandStatus.KeyReused);

        _time.Now = Instant.FromUtc(2026, 6, 1, 0, 0);
        (await _ledger.AdvanceAsync("moved", default)).Status.ShouldBe(CommandStatus.Accepted);
        var renewals = (await _ledger.EntriesAsync(new EntryFilter("moved", Kind: EntryKind.Grant), default)).Items.Select(entry => entry.OccurredAt);
        renewals.ShouldBe([Instant.FromUtc(2026, 5, 31, 7, 30), Instant.FromUtc(2026, 4, 30, 7, 30), Instant.FromUtc(2026, 4, 10, 9, 0)]);
        await HoldsAsync();
    }

    [Fact]
    public async Task An_anchor_before_the_year_2000_is_refused()
    {
        var result = await _ledger.OpenAccountAsync(new OpenAccount("old", "shop", _time.Now) { Anchor = Instant.FromUtc(1999, 1, 1, 0, 0) }, "open", default);
        (result.Status, result.Error!.Code, result.Error.Member).ShouldBe((CommandStatus.Invalid, "RT19", "anchor"));
    }

    [Fact]
    public async Task Facts_hold_from_their_instant_and_the_same_key_sets_them_once()
    {
        (await UseAsync("u1")).ShouldBe("0.5");
        _time.Now += Duration.FromHours(1);
        var large = new SetFactsAndTerms([new NamedText("size", "large")], []);
        var first = await _ledger.SetAsync("w", large, "s", default);
        var second = await _ledger.SetAsync("w", large, "s", default);
        first.Status.ShouldBe(CommandStatus.Accepted);
        second.Replayed.ShouldBeTrue();
        second.Body.ToArray().ShouldBe(first.Body.ToArray());
        (await UseAsync("u2")).ShouldBe("0.25");
        (await _ledger.SetAsync("w", new SetFactsAndTerms([new NamedText("size", "small")], []), "s", default)).Status.ShouldBe(CommandStatus.KeyReused);
        (await _ledger.SetAsync("w", new SetFactsAndTerms([new NamedText("size", "huge")], []), "s2", default)).Error!.Code.ShouldBe("RT01");
        await HoldsAsync();
    }

    [Fact]
    public async Task Plan_change_ends_the_old_grant_makes_the_new_one_and_says_both()
    {
        await UseAsync("u1");
        _time.Now += Duration.FromDays(3);
        var result = await _ledger.ChangePlanAsync("w", new ChangePlan("Big"), "p", default);
        var json = Json(result);
        json.GetProperty("plan").GetString().ShouldBe("Big");
        json.GetProperty("grants")[0].GetProperty("amount").GetString().ShouldBe("500");
        json.GetProperty("expiries")[0].GetProperty("amount").GetString().ShouldBe("99.5");
        (await _ledger.ChangePlanAsync("w", new ChangePlan("Big"), "p", default)).Replayed.ShouldBeTrue();
        (await _ledger.ChangePlanAsync("w", new ChangePlan("Bg"), "p2", default)).Error!.Code.ShouldBe("RT13");
        await HoldsAsync();
    }

    [Fact]
    public async Task Purchase_tells_its_price_and_its_id_is_used_once()
    {
        var bought = Json(await _ledger.BuyAsync("w", new BuyCredits("b1", "prepaid", 250, _time.Now), "k1", default));
        bought.GetProperty("price").GetProperty("currency").GetString().ShouldBe("USD");
        bought.GetProperty("price").GetProperty("amount").GetString().ShouldBe("5");
        bought.GetProperty("balances").GetProperty("prepaid").GetString().ShouldBe("250");
        Json(await _ledger.BuyAsync("w", new BuyPack("b2", "small", _time.Now), "k2", default)).GetProperty("amount").GetString().ShouldBe("40");
        (await _ledger.BuyAsync("w", new BuyPack("b2", "small", _time.Now), "k3", default)).Error!.Code.ShouldBe("id_used");
        (await _ledger.BuyAsync("w", new BuyPack("b2", "small", _time.Now), "k2", default)).Replayed.ShouldBeTrue();
        (await _ledger.BuyAsync("w", new BuyPack("b3", "smal", _time.Now), "k4", default)).Error!.Code.ShouldBe("RT21");
        (await _ledger.BuyAsync("w", new BuyCredits("b4", "prepaid", 1, _time.Now + Duration.FromHours(1)), "k5", default)).Error!.Code.ShouldBe("in_the_future");
        await HoldsAsync();
    }

    [Fact]
    public async Task Advance_posts_what_is_due_once_and_keeps_no_answer()
    {
        _time.Now = Instant.FromUtc(2026, 6, 11, 0, 0);
        var json = Json(await _ledger.AdvanceAsync("w", default));
        json.GetProperty("grants").GetArrayLength().ShouldBe(2);
        Json(await _ledger.AdvanceAsync("w", default)).TryGetProperty("grants", out _).ShouldBeFalse();
        (await _ledger.AdvanceAsync("nobody", default)).Status.ShouldBe(CommandStatus.AccountUnknown);
        var entries = await _ledger.EntriesAsync(new EntryFilter("w"), default);
        entries.Items.Count(entry => entry.Kind == EntryKind.Grant).ShouldBe(3);
        await HoldsAsync();
    }

    [Fact]
    public async Task Stated_amount_is_charged_as_it_stands_and_proved()
    {
        var usage = new UsageEvent { OccurredAt = _time.Now, Action = "use", Amount = 12 };
        Json(await _ledger.ChargeAsync("w", usage, "a1", default)).GetProperty("charge").GetString().ShouldBe("12");
        (await _ledger.ChargeAsync("w", usage with { Amount = 13 }, "a1", default)).Status.ShouldBe(CommandStatus.KeyReused);
        (await _ledger.ChargeAsync("w", usage with { Amount = -1 }, "a2", default)).Error!.Code.ShouldBe("RT15");
        await HoldsAsync();
    }

    private async Task<string?> UseAsync(string key) => Json(await _ledger.ChargeAsync(
        "w", new UsageEvent { OccurredAt = _time.Now, Action = "use", Quantities = [new MeteredQuantity("token", 1)] }, key, default)).GetProperty("charge").GetString();

    private static JsonElement Json(CommandResult result) => JsonDocument.Parse(result.Body).RootElement;

    private async Task HoldsAsync() => (await _ledger.VerifyAsync(null, null, default)).Problems.ShouldBeEmpty();
}
