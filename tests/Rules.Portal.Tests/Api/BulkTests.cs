using System.Globalization;
using System.Net;
using System.Text;
using Rules.Client;
using Rules.Ledger.Access;
using Shouldly;
using Xunit;

namespace Rules.Portal.Tests.Api;

/// <summary>H10: many events in one request.</summary>
[Collection(SharedPortal.Name)]
public sealed class BulkTests(RunningPortal portal)
{
    [Fact]
    public async Task H10_One_bad_of_a_thousand_fails_alone()
    {
        var account = await portal.OpenBookbagAsync("Pro");
        var items = Enumerable.Range(0, 1_000).Select(number => Reply(account, Key(number))).ToList();
        items[417] = items[417] with { Facts = new Dictionary<string, string> { ["model"] = "no such model" } };

        var answers = (await portal.Client.ChargeManyAsync(items)).EnsureGranted();

        answers.Results.Count.ShouldBe(1_000);
        answers.Results[417].Status.ShouldBe(422);
        answers.Results[417].Problem!.Code.ShouldStartWith("RT");
        answers.Results.Where((_, index) => index != 417).ShouldAllBe(result => result.Status == 200 && result.Replayed == false && result.Answer!.Charge == 2);
        (await portal.Client.BalanceAsync(account)).EnsureGranted().Balances["allotment"].ShouldBe(40_000 - (2 * 999));
        var again = (await portal.Client.ChargeManyAsync(items)).EnsureGranted();
        again.Results.Where((_, index) => index != 417).ShouldAllBe(result => result.Replayed == true);
        (await portal.Client.BalanceAsync(account)).EnsureGranted().Balances["allotment"].ShouldBe(40_000 - (2 * 999));
    }

    [Fact]
    public async Task H10_Same_key_twice_inside_replays_and_with_another_event_is_refused()
    {
        var account = await portal.OpenBookbagAsync("Pro");
        var other = Reply(account, "a") with { Facts = new Dictionary<string, string> { ["model"] = "GPT-4o" } };

        var results = (await portal.Client.ChargeManyAsync([Reply(account, "a"), Reply(account, "a"), other, Reply(account, "b")])).EnsureGranted().Results;

        results.Select(result => (result.Status, result.Replayed)).ShouldBe([(200, false), (200, true), (422, false), (200, false)]);
        results[1].Answer!.Entry.ShouldBe(results[0].Answer!.Entry);
        results[2].Problem!.Code.ShouldBe("idempotency_key_reused");
    }

    [Fact]
    public async Task H10_More_than_a_thousand_are_413_and_nothing_is_charged()
    {
        var account = await portal.OpenBookbagAsync("Pro");

        var answer = await portal.Client.ChargeManyAsync([.. Enumerable.Range(0, 1_001).Select(number => Reply(account, Key(number)))]);

        (answer.Status, answer.Problem!.Code).ShouldBe((413, "too_many_items"));
        (await portal.Client.BalanceAsync(account)).EnsureGranted().Balances["allotment"].ShouldBe(40_000);
    }

    [Fact]
    public async Task Refused_item_carries_its_quote_and_its_problem()
    {
        var account = await portal.OpenBookbagAsync("Free");
        var items = Enumerable.Range(0, 60).Select(number => Reply(account, Key(number)) with { Facts = new Dictionary<string, string> { ["model"] = "Claude Haiku 4.5" } }).ToList();

        var results = (await portal.Client.ChargeManyAsync(items)).EnsureGranted().Results;

        var refused = results.First(result => result.Status == 402);
        refused.Problem!.Code.ShouldBe(refused.Answer!.Outcome);
        results.Where(result => result.Status == 200).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Items_are_charged_in_their_order()
    {
        var account = await portal.OpenBookbagAsync("Pro");

        var results = (await portal.Client.ChargeManyAsync([.. Enumerable.Range(0, 100).Select(number => Reply(account, Key(number)))])).EnsureGranted().Results;

        var entries = results.Select(result => result.Answer!.Entry!.Value).ToList();
        entries.ShouldBe(entries.Order());
    }

    [Fact]
    public async Task Item_that_cannot_be_read_says_where_in_the_whole()
    {
        var account = await portal.OpenBiodockAsync();
        var body = "{\"items\": [\n" + $$$"""{"account":"{{{account}}}","action":"analysis","quantities":{"image":1,"crop":0},"keys":{"run":"r"}},""" + "\n{\"account\":\"x\",\"quantities\":{\"image\":1e3}}]}";
        using var response = await portal.PostAsync("/v1/quotes/bulk", body);
        var results = (await response.JsonAsync()).GetProperty("results");

        results[0].GetProperty("status").GetInt32().ShouldBe(200);
        var problem = results[1].GetProperty("problem");
        (problem.GetProperty("code").GetString(), problem.GetProperty("pointer").GetString(), problem.GetProperty("line").GetInt32())
            .ShouldBe(("invalid_number", "/items/1/quantities/image", 3));
    }

    [Theory]
    [InlineData("", "malformed_json")]
    [InlineData("[]", "wrong_type")]
    [InlineData("""{"items":[]}""", "wrong_type")]
    [InlineData("""{"items":{}}""", "wrong_type")]
    [InlineData("""{"items":[{}],"items":[{}]}""", "wrong_type")]
    [InlineData("""{"items":[{}]}{}""", "malformed_json")]
    [InlineData("""{"items":[{}""", "malformed_json")]
    public async Task Body_of_another_shape_is_400(string body, string code)
    {
        foreach (var path in new[] { "/v1/quotes/bulk", "/v1/charges/bulk" })
        {
            using var response = await portal.PostAsync(path, body);

            response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
            (await response.CodeAsync()).ShouldBe(code);
        }
    }

    [Fact]
    public async Task Item_without_a_key_or_with_a_member_too_many_fails_alone()
    {
        var account = await portal.OpenBiodockAsync();
        var body = $$"""{"items":[{"account":"{{account}}","action":"analysis"},{"account":"{{account}}","action":"analysis","idempotency_key":"k","org_id":1},5,{"account":"{{account}}","action":"training","idempotency_key":"sys:k"}]}""";
        using var response = await portal.PostAsync("/v1/charges/bulk", body);

        (await response.JsonAsync()).GetProperty("results").EnumerateArray().Select(result => result.GetProperty("problem").GetProperty("code").GetString())
            .ShouldBe(["member_missing", "unknown_member", "wrong_type", "idempotency_key_invalid"]);
    }

    [Fact]
    public async Task Bulk_takes_2_MiB_and_no_more()
    {
        var filler = new string(' ', (2 * 1024 * 1024) - 400);
        var account = await portal.OpenBiodockAsync();
        var item = $$$"""{"account":"{{{account}}}","action":"analysis","quantities":{"image":1,"crop":0},"keys":{"run":"r"}}""";
        using var large = await portal.PostAsync("/v1/quotes/bulk", "{\"items\":[" + filler + item + "]}");
        // Asked first whether it may send it, so that the refusal is not lost in a cut connection.
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/quotes/bulk")
        {
            Content = new StringContent("{\"items\":[" + filler + filler + item + "]}", Encoding.UTF8, "application/json"),
            Headers = { ExpectContinue = true },
        };
        using var tooLarge = await portal.Http.SendAsync(request);

        large.StatusCode.ShouldBe(HttpStatusCode.OK, Encoding.UTF8.GetString(await large.Content.ReadAsByteArrayAsync()));
        tooLarge.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await tooLarge.CodeAsync()).ShouldBe("body_too_large");
    }

    [Fact]
    public async Task Restricted_key_gets_404_for_the_items_of_others_only()
    {
        var mine = await portal.OpenBookbagAsync("Pro");
        var foreign = await portal.OpenBookbagAsync("Pro");
        using var http = portal.Holding(await portal.NewKeyAsync(KeyScopes.Charge | KeyScopes.Quote, accounts: [mine]));
        var client = new RulesClient(http);

        (await client.ChargeManyAsync([Reply(mine, "a"), Reply(foreign, "a")])).EnsureGranted().Results.Select(result => result.Status).ShouldBe([200, 404]);
        (await client.QuoteManyAsync([Plain(Reply(foreign, "a")), Plain(Reply(mine, "a"))]))
            .EnsureGranted().Results.Select(result => result.Status).ShouldBe([404, 200]);
        (await portal.Client.BalanceAsync(foreign)).EnsureGranted().Balances["allotment"].ShouldBe(40_000);
    }

    [Fact]
    public async Task Item_that_the_rules_refuse_says_where_in_the_whole()
    {
        var account = await portal.OpenBookbagAsync("Pro");
        var items = new[] { Reply(account, "a"), Reply(account, "b") with { Facts = new Dictionary<string, string> { ["model"] = "none" } }, Reply(account, "sys:c") };

        var results = (await portal.Client.ChargeManyAsync(items)).EnsureGranted().Results;

        (results[1].Problem!.Status, results[1].Problem!.Pointer).ShouldBe((422, "/items/1/facts/model"));
        results[2].Problem!.ShouldSatisfyAllConditions(
            problem => problem.Code.ShouldBe("idempotency_key_invalid"), problem => problem.Pointer.ShouldBe("/items/2/idempotency_key"));
    }

    [Fact]
    public async Task More_items_than_a_key_may_send_in_a_second_are_taken_from_a_full_bucket()
    {
        var account = await portal.OpenBookbagAsync("Pro");
        foreach (var rate in new[] { 1, 3 })
        {
            using var http = portal.Holding(await portal.NewKeyAsync(KeyScopes.Charge, rate: rate));
            var client = new RulesClient(http);

            (await client.ChargeManyAsync([.. Enumerable.Range(0, 10).Select(number => Reply(account, Key(number)))])).Status.ShouldBe(200);
        }
    }

    [Fact]
    public async Task Items_count_against_the_rate()
    {
        var account = await portal.OpenBookbagAsync("Pro");
        using var http = portal.Holding(await portal.NewKeyAsync(KeyScopes.Charge, rate: 100));
        var client = new RulesClient(http);
        var items = Enumerable.Range(0, 90).Select(number => Reply(account, Key(number))).ToList();

        (await client.ChargeManyAsync(items)).Status.ShouldBe(200);
        var second = await client.ChargeManyAsync(items);

        (second.Status, second.Problem!.Code).ShouldBe((429, "rate_limited"));
    }

    private static UsageEvent Plain(KeyedUsageEvent item) =>
        new() { Account = item.Account, Action = item.Action, Facts = item.Facts, Record = item.Record };

    private static string Key(int number) => string.Create(CultureInfo.InvariantCulture, $"bulk-{number}");

    private static KeyedUsageEvent Reply(string account, string key) => new()
    {
        IdempotencyKey = key,
        Account = account,
        Action = "reply",
        Facts = new Dictionary<string, string> { ["model"] = "Claude Haiku 4.5" },
        Record = new Dictionary<string, string> { ["agent"] = "a", ["conversation"] = "c" },
    };
}
