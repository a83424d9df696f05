using System.Net;
using Rules.Client;
using Shouldly;
using Xunit;

namespace Rules.Portal.Tests.Api;

/// <summary>Changes of accounts, lists, rule sets and reports over a real socket.</summary>
[Collection(SharedPortal.Name)]
public sealed class LedgerApiTests(RunningPortal portal)
{
    private static readonly DateTimeOffset _from = TimeProvider.System.GetUtcNow().AddDays(-1);
    private static readonly DateTimeOffset _to = TimeProvider.System.GetUtcNow().AddDays(1);

    [Fact]
    public async Task Facts_decide_the_next_charge()
    {
        var account = await portal.OpenBookbagAsync("Hobby");
        (await ReplyAsync(account, "GPT-4o")).Charge.ShouldBe(5);
        var stated = new FactsAndTerms { Facts = new Dictionary<string, string> { ["deployment"] = "self-hosted" } };
        var key = portal.New("set");
        (await portal.Client.SetAsync(account, stated, key)).EnsureGranted().Plan.ShouldBe("Hobby");
        (await portal.Client.SetAsync(account, stated, key)).Replayed.ShouldBeTrue();
        (await ReplyAsync(account, "GPT-4o")).Outcome.ShouldBe("unmetered");
        (await portal.Client.AccountAsync(account)).EnsureGranted().Facts!["deployment"].ShouldBe("self-hosted");
    }

    [Fact]
    public async Task Plan_change_answers_what_it_granted_and_what_lapsed()
    {
        var account = await portal.OpenBookbagAsync("Hobby");
        var changed = (await portal.Client.ChangePlanAsync(account, new PlanChange { Plan = "Standard" }, portal.New("plan"))).EnsureGranted();
        changed.Plan.ShouldBe("Standard");
        changed.Grants!.Sum(grant => grant.Amount).ShouldBe(12_000);
        changed.Expiries!.Sum(expiry => expiry.Amount).ShouldBe(2_000);
        (await portal.Client.ChangePlanAsync(account, new PlanChange { Plan = "Gold" }, portal.New("plan"))).Problem!.Code.ShouldBe("RT13");
        (await portal.Client.ChangePlanAsync("nobody", new PlanChange { Plan = "Pro" }, portal.New("plan"))).Status.ShouldBe(404);
    }

    [Theory]
    [InlineData("/v1/purchases", """{"account":"a","id":"p","amount":"1"}""", "member_missing")]
    [InlineData("/v1/purchases", """{"account":"a","id":"p","amount":"1","into":"b","pack":"c"}""", "member_conflict")]
    [InlineData("/v1/purchases", """{"account":"a","id":"p p","pack":"c"}""", "invalid_id")]
    [InlineData("/v1/accounts/a/plan", """{"plan":5}""", "wrong_type")]
    [InlineData("/v1/accounts/a/plan", """{"plan":"Pro","account":"b"}""", "unknown_member")]
    [InlineData("/v1/accounts/a/facts-and-terms", "{}", "member_missing")]
    [InlineData("/v1/charges", """{"account":"a","action":"reply","amount":"1","quantities":{"x":1}}""", "member_conflict")]
    public async Task Body_that_cannot_be_read_is_400(string path, string json, string code)
    {
        using var response = await portal.PostAsync(path, json, portal.New("key"));
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.CodeAsync()).ShouldBe(code);
    }

    [Theory]
    [InlineData("/v1/usage?from=2026-01-01T00:00:00Z", "parameter_invalid")]
    [InlineData("/v1/usage?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z", "parameter_invalid")]
    [InlineData("/v1/usage?from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z&by=a,b,c", "parameter_invalid")]
    [InlineData("/v1/usage?from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z&by=a,a", "parameter_invalid")]
    [InlineData("/v1/usage?from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z&after=zz", "parameter_invalid")]
    [InlineData("/v1/usage?from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z&format=xml", "parameter_invalid")]
    [InlineData("/v1/usage?from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z&limit=1001", "parameter_invalid")]
    [InlineData("/v1/accounts?limit=0", "parameter_invalid")]
    [InlineData("/v1/accounts?plan=Pro", "parameter_invalid")]
    [InlineData("/v1/accounts?after=a%2Fb", "parameter_invalid")]
    [InlineData("/v1/accounts/nobody/entries?after=zz", "parameter_invalid")]
    [InlineData("/v1/invoices?after=zz", "parameter_invalid")]
    [InlineData("/v1/invoices?after=-1", "parameter_invalid")]
    [InlineData("/v1/replays?after=zz", "parameter_invalid")]
    [InlineData("/v1/alerts?after=acme/7/0", "parameter_invalid")]
    [InlineData("/v1/alerts?after=99999999999999999999", "parameter_invalid")]
    [InlineData("/v1/webhooks/nothing/deliveries?before=zz", "parameter_invalid")]
    [InlineData("/v1/usage?from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z&account=nobody", "account_unknown")]
    [InlineData("/v1/accounts/nobody/statement?from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z", "account_unknown")]
    [InlineData("/v1/rulesets/nothing/versions", "ruleset_not_found")]
    [InlineData("/v1/rulesets/bookbag/versions/99", "version_unknown")]
    [InlineData("/v1/rulesets/bookbag/versions/one", "version_unknown")]
    public async Task Question_that_cannot_be_answered_says_why(string path, string code)
    {
        using var response = await portal.Http.GetAsync(new Uri(path, UriKind.Relative));
        (await response.CodeAsync()).ShouldBe(code);
    }

    [Theory]
    [InlineData("/v1/charges?dry_run=true", "dry_run")]
    [InlineData("/v1/grants?account=other", "account")]
    [InlineData("/v1/keys?x", "x")]
    public async Task Parameter_that_a_write_does_not_take_is_refused(string path, string parameter)
    {
        using var response = await portal.PostAsync(path, "{}", portal.New("key"));
        var problem = await response.JsonAsync();

        (problem.GetProperty("status").GetInt32(), problem.GetProperty("code").GetString()).ShouldBe((400, "parameter_invalid"));
        problem.GetProperty("detail").GetString().ShouldBe($"There is no parameter \"{parameter}\" here.");
    }

    [Fact]
    public async Task Charge_that_was_meant_to_be_tried_only_charges_nothing()
    {
        var account = await portal.OpenBookbagAsync("Hobby");
        var item = $$"""{"account":"{{account}}","action":"reply","facts":{"model":"GPT-4o"}""";
        using var one = await portal.PostAsync("/v1/charges?dry_run=true", item + "}", portal.New("key"));
        using var many = await portal.PostAsync("/v1/charges/bulk?dry_run=true", "{\"items\":[" + item + ",\"idempotency_key\":\"k\"}]}");

        (one.StatusCode, many.StatusCode).ShouldBe((HttpStatusCode.BadRequest, HttpStatusCode.BadRequest));
        (await portal.Client.BalanceAsync(account)).EnsureGranted().Balances["allotment"].ShouldBe(2_000);
    }

    [Fact]
    public async Task Accounts_are_paged_by_id()
    {
        var first = portal.New("paged-a");
        var second = portal.New("paged-b");
        foreach (var id in new[] { second, first })
        {
            (await portal.Client.OpenAccountAsync(new NewAccount { Account = id, Ruleset = "bookbag" }, portal.New("open"))).EnsureGranted();
        }

        var page = (await portal.Client.AccountsAsync("bookbag", "paged-", limit: 1)).EnsureGranted();
        page.Accounts.Single().Id.ShouldBe(first);
        var last = (await portal.Client.AccountsAsync("bookbag", "paged-", page.Next)).EnsureGranted();
        last.Accounts.Single().Id.ShouldBe(second);
        last.Next.ShouldBeNull();
    }

    [Fact]
    public async Task Usage_is_added_up_by_two_recorded_names_and_paged()
    {
        var account = await portal.OpenBookbagAsync("Pro");
        await ReplyAsync(account, "GPT-4o", "support");
        await ReplyAsync(account, "GPT-4o", "support");
        await ReplyAsync(account, "GPT-4o mini", "sales");
        await ReplyAsync(account, "GPT-4o mini", null);

        var all = (await portal.Client.UsageAsync(_from, _to, "agent,model", account)).EnsureGranted();
        all.Rows.Select(row => (row.Values["agent"], row.Values["model"], row.Events, row.Credits)).ShouldBe(
            [("sales", "GPT-4o mini", 1, "1"), ("support", "GPT-4o", 2, "10"), (null, "GPT-4o mini", 1, "1")], ignoreOrder: true);
        all.Next.ShouldBeNull();

        var paged = new List<UsageLine>();
        string? after = null;
        do
        {
            var page = (await portal.Client.UsageAsync(_from, _to, "agent,model", account, after, limit: 1)).EnsureGranted();
            paged.AddRange(page.Rows);
            after = page.Next;
        }
        while (after is not null);
        paged.Select(row => row.Credits).ShouldBe(all.Rows.Select(row => row.Credits));
        (await portal.Client.UsageAsync(_from.AddDays(-9), _from, "action", account)).EnsureGranted().Rows.ShouldBeEmpty();
    }

    [Fact]
    public async Task Usage_as_csv_is_quoted_and_holds_no_formula()
    {
        var account = await portal.OpenBookbagAsync("Pro");
        await ReplyAsync(account, "GPT-4o", "=HYPERLINK(\"http://x\"), now");
        using var response = await portal.Http.GetAsync(new Uri(
            $"/v1/usage?from={_from:yyyy-MM-dd}T00:00:00Z&to={_to:yyyy-MM-dd}T23:00:00Z&by=agent&account={account}&format=csv", UriKind.Relative));
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/csv");
        (await response.Content.ReadAsStringAsync()).ShouldBe(
            $"account,ruleset,agent,events,credits\r\n{account},bookbag,\"'=HYPERLINK(\"\"http://x\"\"), now\",1,5\r\n");
    }

    [Fact]
    public async Task Statement_adds_up_to_the_balance()
    {
        var account = await portal.OpenBookbagAsync("Hobby");
        await ReplyAsync(account, "GPT-4o");
        await ReplyAsync(account, "GPT-4o mini");
        (await portal.Client.GrantAsync(new NewGrant { Account = account, Id = "g", Bucket = "allotment", Amount = 7 }, portal.New("grant"))).EnsureGranted();
        (await portal.Client.ChangePlanAsync(account, new PlanChange { Plan = "Standard" }, portal.New("plan"))).EnsureGranted();

        var statement = (await portal.Client.StatementAsync(account, _from, _to)).EnsureGranted();
        statement.Opening.ShouldBe(0);
        (statement.Opening + statement.Lines.Sum(line => line.Available)).ShouldBe(statement.Closing);
        statement.Lines.Single(line => line.Kind == "charge").ShouldSatisfyAllConditions(
            line => line.Action.ShouldBe("reply"), line => line.Entries.ShouldBe(2), line => line.Spent.ShouldBe(6));
        statement.Closing.ShouldBe((await portal.Client.BalanceAsync(account)).EnsureGranted().Lots.Sum(lot => lot.Available));
        using var csv = await portal.Http.GetAsync(new Uri(
            $"/v1/accounts/{account}/statement?from={_from:yyyy-MM-dd}T00:00:00Z&to={_to:yyyy-MM-dd}T23:00:00Z&format=csv", UriKind.Relative));
        (await csv.Content.ReadAsStringAsync()).ShouldContain($"{account},charge,reply,2,0,-6,0,6,0,0,,,,,,,,,,,,,,\r\n");
    }

    [Fact]
    public async Task Rule_sets_are_listed_with_their_versions_and_text()
    {
        (await portal.Client.RulesetsAsync()).EnsureGranted().Rulesets.ShouldContain(ruleset => ruleset.Name == "biodock" && ruleset.Decimals == 5);
        var versions = (await portal.Client.VersionsAsync("bookbag")).EnsureGranted();
        var version = (await portal.Client.VersionAsync("bookbag", versions.Versions[0].Version)).EnsureGranted();
        version.Text.ShouldContain("ruleset bookbag version");
        version.Sha256.ShouldBe(versions.Versions[0].Sha256);
    }

    private async Task<Quote> ReplyAsync(string account, string model, string? agent = null) => (await portal.Client.ChargeAsync(
        new UsageEvent
        {
            Account = account,
            Action = "reply",
            Facts = new Dictionary<string, string> { ["model"] = model },
            Record = agent is null ? null : new Dictionary<string, string> { ["agent"] = agent },
        }, portal.New("reply"))).EnsureGranted();
}
