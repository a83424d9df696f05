using System.Globalization;
using System.Net;
using Rules.Client;
using Shouldly;
using Xunit;

namespace Rules.Portal.Tests.Api;

[Collection(SharedPortal.Name)]
public sealed class AccountTests(RunningPortal portal)
{
    [Fact]
    public async Task Account_with_a_plan_has_its_allotment_at_once()
    {
        var id = portal.New("desk");

        var opened = (await portal.Client.OpenAccountAsync(new NewAccount { Account = id, Ruleset = "bookbag", Plan = "Hobby" }, portal.New("open"))).EnsureGranted();
        var read = (await portal.Client.AccountAsync(id)).EnsureGranted();

        opened.Id.ShouldBe(id);
        opened.Plan.ShouldBe("Hobby");
        opened.Cycle!.Number.ShouldBe(0);
        opened.Balances["allotment"].ShouldBe(2000);
        read.Balances["allotment"].ShouldBe(2000);
        read.Cycle.ShouldBe(opened.Cycle);
    }

    [Fact]
    public async Task Opening_with_the_same_key_answers_the_same_bytes()
    {
        var account = new NewAccount { Account = portal.New("desk"), Ruleset = "bookbag", Plan = "Free" };
        var key = portal.New("open");

        var first = await portal.Client.OpenAccountAsync(account, key);
        var second = await portal.Client.OpenAccountAsync(account, key);

        second.Replayed.ShouldBeTrue();
        second.Body.ToArray().ShouldBe(first.Body.ToArray());
    }

    [Fact]
    public async Task Opening_an_account_again_is_409()
    {
        var account = await portal.OpenBiodockAsync();

        var answer = await portal.Client.OpenAccountAsync(new NewAccount { Account = account, Ruleset = "biodock" }, portal.New("open"));

        answer.Status.ShouldBe(409);
        answer.Problem!.Code.ShouldBe("account_exists");
    }

    [Theory]
    [InlineData("""{"ruleset":"acme"}""", "/ruleset")]
    [InlineData("""{"ruleset":"bookbag","plan":"Gold"}""", null)]
    [InlineData("""{"ruleset":"bookbag","plan":"Free","facts":{"keys":"none"}}""", null)]
    public async Task Account_that_the_rules_do_not_know_is_422(string json, string? pointer)
    {
        using var response = await portal.PostAsync("/v1/accounts", $"{{\"account\":\"{portal.New("desk")}\",{json[1..]}", portal.New("open"));

        response.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        if (pointer is not null)
        {
            (await response.JsonAsync()).GetProperty("pointer").GetString().ShouldBe(pointer);
        }
    }

    [Fact]
    public async Task Granted_credits_are_in_the_balance()
    {
        var account = await portal.OpenBookbagAsync("Free");

        var grant = (await portal.Client.GrantAsync(new NewGrant { Account = account, Id = "goodwill", Bucket = "allotment", Amount = 50 }, portal.New("grant"))).EnsureGranted();
        var balance = (await portal.Client.BalanceAsync(account)).EnsureGranted();

        grant.Amount.ShouldBe(50);
        grant.Balances["allotment"].ShouldBe(150);
        balance.Credit.ShouldBe("credit");
        balance.Balances["allotment"].ShouldBe(150);
        balance.Lots.ShouldContain(lot => lot.Id == "goodwill" && lot.Origin == "grant" && lot.Available == 50);
        balance.Lots.Sum(lot => lot.Available).ShouldBe(150);
    }

    [Theory]
    [InlineData("\"0\"")]
    [InlineData("\"-5\"")]
    [InlineData("\"0.5\"")]
    [InlineData("\"999999999999999999\"")]
    public async Task Grant_of_an_amount_that_cannot_be_is_422(string amount)
    {
        var account = await portal.OpenBookbagAsync("Free");

        using var response = await portal.PostAsync("/v1/grants", $$"""{"account":"{{account}}","id":"g","bucket":"allotment","amount":{{amount}}}""", portal.New("grant"));

        response.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        await response.CodeAsync();
    }

    [Fact]
    public async Task Grant_into_an_unknown_bucket_is_422_and_to_an_unknown_account_404()
    {
        var account = await portal.OpenBookbagAsync("Free");

        (await portal.Client.GrantAsync(new NewGrant { Account = account, Id = "g", Bucket = "prepaid", Amount = 1 }, portal.New("grant"))).Status.ShouldBe(422);
        (await portal.Client.GrantAsync(new NewGrant { Account = "nobody", Id = "g", Bucket = "allotment", Amount = 1 }, portal.New("grant"))).Status.ShouldBe(404);
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("a%2Fb")]
    [InlineData("%F0%9F%98%80")]
    [InlineData("%2e%2e%2f%2e%2e%2fetc")]
    [InlineData("'%20OR%201=1--")]
    public async Task Reads_of_an_unknown_account_are_404_with_equal_bodies(string id)
    {
        foreach (var path in new[] { "", "/balance", "/entries", "/entries/1" })
        {
            using var response = await portal.Http.GetAsync(new Uri($"/v1/accounts/{id}{path}", UriKind.Relative));

            response.StatusCode.ShouldBe(HttpStatusCode.NotFound, path);
            (await response.CodeAsync()).ShouldBe("account_unknown", path);
        }
    }

    [Fact]
    public async Task Entries_are_paged_newest_first_without_gaps()
    {
        var account = await portal.OpenBookbagAsync("Free");
        for (var charge = 0; charge < 7; charge++)
        {
            (await portal.Client.ChargeAsync(new UsageEvent { Account = account, Action = "crawl" }, portal.New("key"))).EnsureGranted();
        }

        var sequences = new List<long>();
        string? after = null;
        do
        {
            var page = (await portal.Client.EntriesAsync(account, after, limit: 3)).EnsureGranted();
            page.Entries.Count.ShouldBeLessThanOrEqualTo(3);
            sequences.AddRange(page.Entries.Select(entry => entry.Sequence));
            after = page.Next;
        }
        while (after is not null);

        sequences.ShouldBe(Enumerable.Range(1, sequences.Count).Select(i => (long)i).Reverse());
        sequences.Count.ShouldBeGreaterThanOrEqualTo(8);
    }

    [Fact]
    public async Task Entry_is_explained_as_it_was_answered()
    {
        var account = await portal.OpenBiodockAsync();
        var usage = new UsageEvent
        {
            Account = account,
            Action = "analysis",
            Quantities = new Dictionary<string, decimal> { ["image"] = 1001 },
            Keys = new Dictionary<string, string> { ["run"] = "r" },
            Record = new Dictionary<string, string> { ["project"] = "<b>p</b>" },
        };
        var key = portal.New("key");
        var charge = (await portal.Client.ChargeAsync(usage, key)).EnsureGranted();

        var entry = (await portal.Client.EntryAsync(account, charge.Entry!.Value)).EnsureGranted();

        entry.Kind.ShouldBe("charge");
        entry.Amount.ShouldBe(1.0004m);
        entry.IdempotencyKey.ShouldBe(key);
        entry.Quote!.Steps.ShouldBe(charge.Steps);
        entry.Event!.Quantities!["image"].ShouldBe(1001);
        entry.Event.Record!["project"].ShouldBe("<b>p</b>");
        entry.Hash.Length.ShouldBe(64);
        (await portal.Client.EntryAsync(account, 999)).Problem!.Code.ShouldBe("entry_unknown");
    }

    [Fact]
    public async Task Balance_is_refused_where_no_time_is_kept_and_before_the_account_was_opened()
    {
        var account = await portal.OpenBookbagAsync("Free");

        var last = (await portal.Client.BalanceAsync(account, new DateTimeOffset(2199, 12, 31, 23, 59, 59, TimeSpan.Zero))).EnsureGranted();
        var late = await portal.Client.BalanceAsync(account, new DateTimeOffset(2200, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var early = await portal.Client.BalanceAsync(account, new DateTimeOffset(2001, 1, 1, 0, 0, 0, TimeSpan.Zero));

        last.Balances["allotment"].ShouldBe(100);
        (late.Status, late.Problem!.Code, late.Problem.Detail).ShouldBe((400, "parameter_invalid", "The instant is outside the years 2000 to 2199."));
        (early.Status, early.Problem!.Code, early.Problem.Detail).ShouldBe((400, "parameter_invalid", $"The account \"{account}\" was not open at 2001-01-01T00:00:00Z."));
    }

    [Fact]
    public async Task Balance_that_a_renewal_cannot_reach_says_what_the_account_lacks()
    {
        var now = TimeProvider.System.GetUtcNow();
        foreach (var (version, starts, amount, terms) in new[] { (1, new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), "10 credits", ""), (2, now.AddDays(40), "seats", "term seats credits, unpublished, sample 20 credits") })
        {
            var text = $"""
                language 1
                ruleset seated version {version} effective {starts.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}
                credit "credit" to 0 decimals
                action use
                price use
                  each 1 credit
                bucket included from plan
                  unused expires at cycle end
                consume included
                cycle monthly
                {terms}
                plan Team grants {amount} every month into included
                at zero
                  block use until renewal
                  if short refuse

                """;
            (await portal.Portal.Ledger.Rulesets.PublishAsync($"seated.v{version}.rules", text, "test", default)).Version.ShouldNotBeNull();
        }

        var account = portal.New("team");
        (await portal.Client.OpenAccountAsync(new NewAccount { Account = account, Ruleset = "seated", Plan = "Team" }, portal.New("open"))).EnsureGranted();

        (await portal.Client.BalanceAsync(account, now.AddDays(35))).EnsureGranted().Balances["included"].ShouldBe(10);
        var stuck = await portal.Client.BalanceAsync(account, now.AddDays(100));
        (stuck.Status, stuck.Problem!.Code, stuck.Problem.Pointer).ShouldBe((422, "RT02", "/terms/seats"));
        (await portal.Client.BalanceAsync(account)).EnsureGranted().Balances["included"].ShouldBe(10);
    }

    [Theory]
    [InlineData("/entries?limit=0")]
    [InlineData("/entries?limit=501")]
    [InlineData("/entries?limit=1e2")]
    [InlineData("/entries?limit=1&limit=2")]
    [InlineData("/entries?kind=charges")]
    [InlineData("/entries?from=yesterday")]
    [InlineData("/entries?form=2026-01-01T00:00:00Z")]
    [InlineData("/balance?at=2026-01-01")]
    [InlineData("?expand=all")]
    public async Task Parameter_that_cannot_be_read_is_400(string address)
    {
        var account = await portal.OpenBiodockAsync();

        using var response = await portal.Http.GetAsync(new Uri($"/v1/accounts/{account}{address}", UriKind.Relative));

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.CodeAsync()).ShouldBe("parameter_invalid");
    }

    [Fact]
    public async Task Entries_can_be_narrowed_to_a_kind_and_a_time()
    {
        var account = await portal.OpenBookbagAsync("Free");
        (await portal.Client.ChargeAsync(new UsageEvent { Account = account, Action = "crawl" }, portal.New("key"))).EnsureGranted();

        var charges = (await portal.Client.EntriesAsync(account, kind: "charge")).EnsureGranted();
        var before = Uri.EscapeDataString(charges.Entries[0].RecordedAt.ToString("O", CultureInfo.InvariantCulture));
        using var earlier = await portal.Http.GetAsync(new Uri($"/v1/accounts/{account}/entries?kind=charge&to={before}", UriKind.Relative));

        charges.Entries.Count.ShouldBe(1);
        (await earlier.JsonAsync()).GetProperty("entries").GetArrayLength().ShouldBe(0);
    }
}
