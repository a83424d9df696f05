using System.Net;
using System.Text;
using Rules.Client;
using Shouldly;
using Xunit;

namespace Rules.Portal.Tests.Api;

[Collection(SharedPortal.Name)]
public sealed class ChargeTests(RunningPortal portal)
{
    [Fact]
    public async Task Biodock_run_of_6000_images_and_120000_crops_costs_8_95_credits_with_its_explanation()
    {
        var account = await portal.OpenBiodockAsync();

        var quote = (await portal.Client.ChargeAsync(Run(account), portal.New("key"))).EnsureGranted();

        quote.Outcome.ShouldBe("charged");
        quote.Charge.ShouldBe(8.95m);
        quote.Exact.ShouldBe("8.95");
        quote.Ruleset.ShouldBe("biodock");
        quote.Meaning.ShouldStartWith("sha256:");
        quote.Steps.ShouldContain(step => step.Amount == "1" && step.File == "biodock.v1.rules" && step.Line > 0);
        quote.Steps.Where(step => step.Amount is not null && step.Applied).ShouldNotBeEmpty();
        quote.ExplainUrl.ShouldBe($"/accounts/{account}/entries/{quote.Entry}");
    }

    [Fact]
    public async Task Same_key_answers_the_same_bytes_and_charges_once()
    {
        var account = await portal.OpenBiodockAsync();
        var key = portal.New("key");

        var first = await portal.Client.ChargeAsync(Run(account), key);
        var second = await portal.Client.ChargeAsync(Run(account), key);

        first.Replayed.ShouldBeFalse();
        second.Replayed.ShouldBeTrue();
        second.Body.ToArray().ShouldBe(first.Body.ToArray());
        (await Charges(account)).ShouldBe(1);
    }

    [Fact]
    public async Task F8_Charge_whose_outcome_is_unknown_is_503_with_a_time_to_repeat_it_and_its_key_tells()
    {
        var account = await portal.OpenBiodockAsync();
        var key = portal.New("key");
        var body = $$$"""{"account":"{{{account}}}","action":"analysis","quantities":{"image":"6000","crop":"120000"},"keys":{"run":"r"}}""";
        using (var other = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={portal.Portal.Settings.DatabaseFile};Pooling=false"))
        {
            other.Open();
            using var locking = other.CreateCommand();
            locking.CommandText = "BEGIN IMMEDIATE";
            locking.ExecuteNonQuery();
            using var unknown = await portal.PostAsync("/v1/charges", body, key);

            (unknown.StatusCode, await unknown.CodeAsync()).ShouldBe((HttpStatusCode.ServiceUnavailable, "outcome_unknown"));
            unknown.Headers.RetryAfter!.Delta!.Value.ShouldBeInRange(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5));
            (await unknown.Content.ReadAsStringAsync()).ShouldContain("with the same key");
        }

        // Nothing of it was stored: the same key is charged now, and once.
        for (var again = 0; again < 2; again++)
        {
            using var charged = await portal.PostAsync("/v1/charges", body, key);
            charged.StatusCode.ShouldBe(HttpStatusCode.OK);
            charged.Headers.Contains("Idempotency-Replayed").ShouldBe(again == 1);
        }

        (await Charges(account)).ShouldBe(1);
    }

    [Fact]
    public async Task Body_of_the_readme_can_be_sent_twice_although_it_names_no_instant()
    {
        var account = await portal.OpenBiodockAsync();
        var body = $$$"""{"account": "{{{account}}}", "action": "analysis", "quantities": {"image": "6000", "crop": "120000"}, "keys": {"run": "my-first-run"}}""";
        var key = portal.New("key");

        using var first = await portal.PostAsync("/v1/charges", body, key);
        using var second = await portal.PostAsync("/v1/charges", body, key);

        first.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await first.Content.ReadAsStringAsync()).ShouldContain("\"charge\":\"8.95\"");
        (await second.Content.ReadAsByteArrayAsync()).ShouldBe(await first.Content.ReadAsByteArrayAsync());
        second.Headers.GetValues("Idempotency-Replayed").ShouldBe(["true"]);
        (await Charges(account)).ShouldBe(1);
    }

    [Fact]
    public async Task Order_of_members_and_notation_of_figures_do_not_make_another_command()
    {
        var account = await portal.OpenBiodockAsync();
        var key = portal.New("key");

        using var first = await portal.PostAsync("/v1/charges", $$$"""{"account":"{{{account}}}","action":"analysis","quantities":{"image":10,"crop":"20.0"},"keys":{"run":"r"}}""", key);
        using var second = await portal.PostAsync("/v1/charges", $$$"""{"keys":{"run":"r"},"quantities":{"crop":20,"image":"10"},"action":"analysis","account":"{{{account}}}"}""", key);

        second.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await second.Content.ReadAsByteArrayAsync()).ShouldBe(await first.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Key_of_another_command_is_refused()
    {
        var account = await portal.OpenBiodockAsync();
        var key = portal.New("key");
        (await portal.Client.ChargeAsync(Run(account), key)).EnsureGranted();

        var answer = await portal.Client.ChargeAsync(Run(account) with { Quantities = new Dictionary<string, decimal> { ["image"] = 1 } }, key);

        answer.Status.ShouldBe(422);
        answer.Problem!.Code.ShouldBe("idempotency_key_reused");
        (await Charges(account)).ShouldBe(1);
    }

    [Fact]
    public async Task Parallel_repeats_of_one_charge_make_one_entry()
    {
        var account = await portal.OpenBiodockAsync();
        var key = portal.New("key");

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => portal.Client.ChargeAsync(Run(account), key)));

        answers.Select(answer => Encoding.UTF8.GetString(answer.Body.Span)).Distinct().Count().ShouldBe(1);
        answers.Count(answer => !answer.Replayed).ShouldBe(1);
        (await Charges(account)).ShouldBe(1);
    }

    [Fact]
    public async Task Blocked_charge_is_402_with_the_quotes_members_and_stays_refused()
    {
        var account = await portal.OpenBookbagAsync("Free");
        for (var reply = 0; reply < 20; reply++)
        {
            (await portal.Client.ChargeAsync(Reply(account, "GPT-4o"), portal.New("key"))).EnsureGranted().Charge.ShouldBe(5);
        }

        var key = portal.New("key");
        var answer = await portal.Client.ChargeAsync(Reply(account, "GPT-4o mini"), key);
        var again = await portal.Client.ChargeAsync(Reply(account, "GPT-4o mini"), key);

        answer.Status.ShouldBe(402);
        answer.Problem!.Code.ShouldBe("blocked");
        answer.Value!.Outcome.ShouldBe("blocked");
        answer.Value.Charge.ShouldBe(1);
        answer.Value.Balances["allotment"].ShouldBe(0);
        answer.Value.Steps.ShouldNotBeEmpty();
        again.Status.ShouldBe(402);
        again.Replayed.ShouldBeTrue();
        again.Body.ToArray().ShouldBe(answer.Body.ToArray());
    }

    [Fact]
    public async Task Charge_beyond_the_balance_is_402_refused()
    {
        var account = await portal.OpenBookbagAsync("Free");
        for (var reply = 0; reply < 49; reply++)
        {
            (await portal.Client.ChargeAsync(Reply(account, "Claude Haiku 4.5"), portal.New("key"))).EnsureGranted();
        }

        var answer = await portal.Client.ChargeAsync(Reply(account, "GPT-4o"), portal.New("key"));

        answer.Problem!.Code.ShouldBe("refused");
        answer.Value!.Short.ShouldBe(3);
    }

    [Fact]
    public async Task Free_and_unmetered_actions_are_200_with_their_outcome()
    {
        var account = await portal.OpenBookbagAsync("Free");

        var free = (await portal.Client.ChargeAsync(new UsageEvent { Account = account, Action = "crawl" }, portal.New("key"))).EnsureGranted();

        free.Outcome.ShouldBe("free");
        free.Charge.ShouldBe(0);
    }

    [Fact]
    public async Task Unknown_account_is_404()
    {
        var answer = await portal.Client.ChargeAsync(Run("nobody"), portal.New("key"));

        answer.Status.ShouldBe(404);
        answer.Problem!.Code.ShouldBe("account_unknown");
    }

    [Theory]
    [InlineData("""{"action":"anlysis"}""")]
    [InlineData("""{"action":"analysis","quantities":{"image":"-5"},"keys":{"run":"r"}}""")]
    [InlineData("""{"action":"analysis","quantities":{"image":"0.5"},"keys":{"run":"r"}}""")]
    [InlineData("""{"action":"analysis","quantities":{"picture":"5"},"keys":{"run":"r"}}""")]
    [InlineData("""{"action":"analysis","quantities":{"image":"999999999999999999"},"keys":{"run":"r"}}""")]
    [InlineData("""{"action":"analysis","quantities":{"image":"5"}}""")]
    [InlineData("""{"action":"training","facts":{"region-classes":"maybe"}}""")]
    [InlineData("""{"action":"training","at":"2031-01-01T00:00:00Z"}""")]
    [InlineData("""{"action":"training","at":"2025-01-01T00:00:00Z"}""")]
    public async Task Event_that_the_rules_cannot_evaluate_is_422_and_stores_nothing(string json)
    {
        var account = await portal.OpenBiodockAsync();
        var key = portal.New("key");

        using var response = await portal.PostAsync("/v1/charges", $"{{\"account\":\"{account}\",{json[1..]}", key);

        response.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await response.CodeAsync()).ShouldMatch("^(RT[0-9]{2}|[a-z_]+)$");
        var problem = await response.JsonAsync();
        problem.GetProperty("detail").GetString().ShouldNotBeNullOrEmpty();
        problem.GetProperty("help").GetString().ShouldNotBeNullOrEmpty();
        (await portal.Client.ChargeAsync(Run(account), key)).EnsureGranted();
    }

    [Theory]
    [InlineData(null, "idempotency_key_required")]
    [InlineData("", "idempotency_key_required")]
    [InlineData("sys:grant:1", "idempotency_key_invalid")]
    public async Task Charge_without_a_usable_key_is_400(string? key, string code)
    {
        var account = await portal.OpenBiodockAsync();

        using var response = await portal.PostAsync("/v1/charges", $$"""{"account":"{{account}}","action":"training"}""", key);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.CodeAsync()).ShouldBe(code);
        (await Charges(account)).ShouldBe(0);
    }

    [Fact]
    public async Task Key_of_129_characters_is_400_and_of_128_is_taken()
    {
        var account = await portal.OpenBiodockAsync();

        (await portal.Client.ChargeAsync(Run(account), new string('k', 129))).Problem!.Code.ShouldBe("idempotency_key_invalid");
        (await portal.Client.ChargeAsync(Run(account), new string('k', 128))).EnsureGranted();
    }

    [Fact]
    public async Task Quote_tells_the_same_as_the_charge_and_writes_nothing()
    {
        var account = await portal.OpenBookbagAsync("Hobby");

        var quote = (await portal.Client.QuoteAsync(Reply(account, "Claude Sonnet 4.6"))).EnsureGranted();
        var charge = (await portal.Client.ChargeAsync(Reply(account, "Claude Sonnet 4.6"), portal.New("key"))).EnsureGranted();

        quote.Charge.ShouldBe(4);
        quote.Entry.ShouldBeNull();
        quote.Steps.ShouldBe(charge.Steps);
        quote.Draws.ShouldBe(charge.Draws);
        (await Charges(account)).ShouldBe(1);
    }

    [Fact]
    public async Task Quote_of_a_blocked_action_is_200_with_its_outcome()
    {
        var account = await portal.OpenBookbagAsync("Free");
        for (var reply = 0; reply < 20; reply++)
        {
            (await portal.Client.ChargeAsync(Reply(account, "GPT-4o"), portal.New("key"))).EnsureGranted();
        }

        (await portal.Client.QuoteAsync(Reply(account, "GPT-4o mini"))).EnsureGranted().Outcome.ShouldBe("blocked");
    }

    private static UsageEvent Run(string account) => new()
    {
        Account = account,
        Action = "analysis",
        Quantities = new Dictionary<string, decimal> { ["image"] = 6000, ["crop"] = 120000 },
        Keys = new Dictionary<string, string> { ["run"] = "r-17" },
    };

    private static UsageEvent Reply(string account, string model) => new()
    {
        Account = account,
        Action = "reply",
        Facts = new Dictionary<string, string> { ["model"] = model },
        Record = new Dictionary<string, string> { ["agent"] = "a-1", ["conversation"] = "c-1" },
    };

    private async Task<int> Charges(string account)
    {
        var charges = 0;
        await foreach (var _ in portal.Client.AllEntriesAsync(account, "charge"))
        {
            charges++;
        }

        return charges;
    }
}
