using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Rules.Client;
using Rules.Ledger.Access;
using Rules.Portal.Access;
using Rules.Portal.Tests.Api;
using Shouldly;
using Xunit;

namespace Rules.Portal.Tests.Access;

/// <summary>S1 and S2: every address that the service maps, seen by keys that may not use it.</summary>
[Collection(SharedPortal.Name)]
public sealed class EndpointAccessTests(RunningPortal portal)
{
    // Open to everybody: they say the same to all.
    private static readonly string[] _open = ["GET /v1/problems"];

    // Addresses that name no account; the feed leaves out what a key may not see, lists are refused to a key that is restricted.
    private static readonly string[] _withoutAccount =
    [
        "POST /v1/keys", "GET /v1/keys", "POST /v1/keys/{key}/rotate", "DELETE /v1/keys/{key}",
        "POST /v1/webhooks", "GET /v1/webhooks", "DELETE /v1/webhooks/{webhook}", "GET /v1/webhooks/{webhook}/deliveries",
        "POST /v1/webhooks/{webhook}/deliveries/{message}/resend", "GET /v1/alerts", "GET /v1/mutes", "DELETE /v1/mutes/{mute}",
        "POST /v1/replays", "GET /v1/replays", "GET /v1/replays/{replay}", "DELETE /v1/replays/{replay}", "GET /v1/replays/{replay}/events",
        "POST /v1/drafts", "GET /v1/drafts/{draft}",
        "POST /v1/usage/imports", "GET /v1/usage/imports", "GET /v1/usage/imports/{import}", "DELETE /v1/usage/imports/{import}",
        "GET /v1/accounts", "GET /v1/usage", "GET /v1/invoices", "GET /v1/rulesets", "GET /v1/rulesets/{ruleset}/versions", "GET /v1/rulesets/{ruleset}/versions/{version}",
    ];

    [Fact]
    public void S1_S2_Every_address_says_who_may_call_it()
    {
        var unclassified = Endpoints().Where(endpoint => endpoint.Metadata.GetMetadata<EndpointAccess>() is null).Select(Name);

        unclassified.ShouldBeEmpty("An address under /v1 needs a scope (Needs) or says that it needs none (NeedsNoKey).");
        Endpoints().Where(endpoint => !IsRefusal(endpoint) && endpoint.Metadata.GetRequiredMetadata<EndpointAccess>().Scope == KeyScopes.None)
            .Select(Name).ShouldBe(_open, ignoreOrder: true);
    }

    // The table of who may call what: an address that is opened further than this says has to be opened here as well.
    [Fact]
    public void S2_Every_address_asks_for_the_scope_that_stands_here()
    {
        var scopes = Endpoints().Where(endpoint => !IsRefusal(endpoint))
            .ToLookup(endpoint => endpoint.Metadata.GetRequiredMetadata<EndpointAccess>().Scope, Name);

        scopes[KeyScopes.Quote].ShouldBe(
            ["POST /v1/quotes", "POST /v1/quotes/bulk", "POST /v1/replays", "DELETE /v1/replays/{replay}"], ignoreOrder: true);
        scopes[KeyScopes.Draft].ShouldBe(["POST /v1/drafts", "GET /v1/drafts/{draft}", "POST /v1/usage/imports"], ignoreOrder: true);
        scopes[KeyScopes.Charge].ShouldBe(Commands("charges", "holds", "captures", "releases"), ignoreOrder: true);
        scopes[KeyScopes.Grant].ShouldBe(
            [
                .. Commands("reversals", "refunds", "corrections", "accounts", "grants", "voids", "replacements", "purchases", "resets"),
                "POST /v1/accounts/{account}/facts-and-terms", "POST /v1/facts-and-terms/bulk", "POST /v1/accounts/{account}/plan", "POST /v1/plan-changes/bulk",
            ], ignoreOrder: true);
        scopes[KeyScopes.Admin].ShouldBe(
            [
                "POST /v1/keys", "GET /v1/keys", "POST /v1/keys/{key}/rotate", "DELETE /v1/keys/{key}", "POST /v1/webhooks", "GET /v1/webhooks", "DELETE /v1/webhooks/{webhook}",
                "GET /v1/webhooks/{webhook}/deliveries", "POST /v1/webhooks/{webhook}/deliveries/{message}/resend",
                "POST /v1/mutes", "GET /v1/mutes", "DELETE /v1/mutes/{mute}",
                "DELETE /v1/usage/imports/{import}",
            ], ignoreOrder: true);
        scopes[KeyScopes.Read].ShouldAllBe(name => name.StartsWith("GET ", StringComparison.Ordinal));
        scopes[KeyScopes.None].ShouldBe(_open, ignoreOrder: true);

        static IEnumerable<string> Commands(params string[] names) => names.SelectMany(name => new[] { $"POST /v1/{name}", $"POST /v1/{name}/bulk" });
    }

    [Fact]
    public async Task S2_Every_address_refuses_a_stranger_and_a_key_without_its_scope()
    {
        using var stranger = portal.Holding(null);
        foreach (var endpoint in Endpoints().Where(endpoint => !IsRefusal(endpoint)))
        {
            var scope = endpoint.Metadata.GetRequiredMetadata<EndpointAccess>().Scope;
            if (scope == KeyScopes.None)
            {
                continue;
            }

            using var other = portal.Holding(await portal.NewKeyAsync(KeyScopes.All & ~scope));
            using var unknown = await SendAsync(stranger, endpoint, "nobody");
            using var without = await SendAsync(other, endpoint, "nobody");

            (unknown.StatusCode, await unknown.CodeAsync()).ShouldBe((HttpStatusCode.Unauthorized, "api_key_required"), Name(endpoint));
            (without.StatusCode, await without.CodeAsync()).ShouldBe((HttpStatusCode.Forbidden, "scope_missing"), Name(endpoint));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task S1_Foreign_account_answers_like_one_that_is_not_there(bool byAccount)
    {
        var mine = await portal.OpenBiodockAsync();
        var foreign = await portal.OpenBookbagAsync("Pro");
        var absent = portal.New("absent");
        using var http = portal.Holding(byAccount
            ? await portal.NewKeyAsync(KeyScopes.All, accounts: [mine])
            : await portal.NewKeyAsync(KeyScopes.All, rulesets: ["biodock"]));
        foreach (var endpoint in Endpoints().Where(endpoint => !IsRefusal(endpoint) && !_open.Contains(Name(endpoint)) && !_withoutAccount.Contains(Name(endpoint))))
        {
            using var ofForeign = await SendAsync(http, endpoint, foreign);
            using var ofAbsent = await SendAsync(http, endpoint, absent);

            if (endpoint.RoutePattern.RawText!.EndsWith("/bulk", StringComparison.Ordinal))
            {
                ofForeign.StatusCode.ShouldBe(HttpStatusCode.OK);
                var status = endpoint.Metadata.GetMetadata<OpensAccount>() is null ? 404 : 403;
                (await ofForeign.JsonAsync()).GetProperty("results").EnumerateArray().ShouldAllBe(result => result.GetProperty("status").GetInt32() == status);
                (await ofForeign.Content.ReadAsStringAsync()).Replace(foreign, "ID", StringComparison.Ordinal)
                    .ShouldBe((await ofAbsent.Content.ReadAsStringAsync()).Replace(absent, "ID", StringComparison.Ordinal));
                continue;
            }

            var isOpening = endpoint.Metadata.GetMetadata<OpensAccount>() is not null;
            var expected = isOpening ? (HttpStatusCode.Forbidden, "key_restricted") : (HttpStatusCode.NotFound, "account_unknown");
            (ofForeign.StatusCode, await ofForeign.CodeAsync()).ShouldBe(expected, Name(endpoint));
            var (one, two) = (await ofForeign.Content.ReadAsStringAsync(), await ofAbsent.Content.ReadAsStringAsync());
            one.Replace(foreign, "ID", StringComparison.Ordinal).ShouldBe(two.Replace(absent, "ID", StringComparison.Ordinal), Name(endpoint));
        }
    }

    [Theory]
    [InlineData("/v1/accounts")]
    [InlineData("/v1/invoices")]
    [InlineData("/v1/usage?from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z&by=action")]
    public async Task S1_List_over_all_accounts_is_refused_to_a_restricted_key(string address)
    {
        using var http = portal.Holding(await portal.NewKeyAsync(KeyScopes.All, accounts: [await portal.OpenBiodockAsync()]));
        using var answer = await http.GetAsync(address);

        (answer.StatusCode, await answer.CodeAsync()).ShouldBe((HttpStatusCode.Forbidden, "key_restricted"));
    }

    [Fact]
    public async Task Restricted_key_does_its_own_work()
    {
        var mine = await portal.OpenBiodockAsync();
        using var http = portal.Holding(await portal.NewKeyAsync(KeyScopes.All, ["biodock"], [mine]));
        var client = new RulesClient(http);
        var run = new UsageEvent { Account = mine, Action = "analysis", Quantities = new Dictionary<string, decimal> { ["image"] = 1, ["crop"] = 0 }, Keys = new Dictionary<string, string> { ["run"] = "r" } };

        (await client.QuoteAsync(run)).Status.ShouldBe(200);
        (await client.ChargeAsync(run, portal.New("key"))).Status.ShouldBe(200);
        (await client.BalanceAsync(mine)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Key_of_a_ruleset_opens_accounts_of_it_only()
    {
        using var http = portal.Holding(await portal.NewKeyAsync(KeyScopes.Grant, rulesets: ["biodock"]));
        var client = new RulesClient(http);

        (await client.OpenAccountAsync(new NewAccount { Account = portal.New("lab"), Ruleset = "biodock" }, "open")).Status.ShouldBe(200);
        (await client.OpenAccountAsync(new NewAccount { Account = portal.New("desk"), Ruleset = "bookbag" }, "open")).Problem!.Code.ShouldBe("key_restricted");
    }

    [Fact]
    public async Task S1_Escaped_member_name_is_no_way_around_a_restriction()
    {
        var mine = await portal.OpenBiodockAsync();
        var foreign = await portal.OpenBiodockAsync();
        using var http = portal.Holding(await portal.NewKeyAsync(KeyScopes.All, accounts: [mine]));
        foreach (var body in new[]
        {
            $$"""{"\u0061ccount":"{{foreign}}","action":"analysis"}""",
            $$"""{"account":"{{mine}}","account":"{{foreign}}","action":"analysis"}""",
            $$"""{"record":{"account":"{{mine}}"},"account":"{{foreign}}","action":"analysis"}""",
        })
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var response = await http.PostAsync(new Uri("/v1/quotes", UriKind.Relative), content);

            ((int)response.StatusCode).ShouldBeOneOf(400, 404);
            (await response.CodeAsync()).ShouldBeOneOf("account_unknown", "duplicate_member");
        }
    }

    private IEnumerable<RouteEndpoint> Endpoints() => portal.Portal.Services.GetServices<EndpointDataSource>()
        .SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
        .Where(endpoint => endpoint.RoutePattern.RawText?.StartsWith("/v1", StringComparison.OrdinalIgnoreCase) == true);

    // The routes that answer methods which an address does not take.
    private static bool IsRefusal(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is not null;

    private static string Name(RouteEndpoint endpoint) =>
        $"{endpoint.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods[0]} {endpoint.RoutePattern.RawText}";

    private async Task<HttpResponseMessage> SendAsync(HttpClient http, RouteEndpoint endpoint, string account)
    {
        var method = endpoint.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods[0];
        var path = endpoint.RoutePattern.RawText!.Replace("{account}", account, StringComparison.Ordinal);
        path = System.Text.RegularExpressions.Regex.Replace(path, @"\{\w+\}", "1", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1));
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Add("Idempotency-Key", portal.New("key"));
        if (method is "POST" or "PUT" or "PATCH")
        {
            var type = endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.ContentTypes[0] ?? "application/json";
            request.Content = new StringContent(await BodyAsync(endpoint, account), Encoding.UTF8, type);
        }

        return await http.SendAsync(request);
    }

    // The described example, for another account.
    private async Task<string> BodyAsync(RouteEndpoint endpoint, string account)
    {
        using var description = await portal.Http.GetAsync(new Uri("/openapi/v1.json", UriKind.Relative));
        var document = await description.JsonAsync();
        if (!document.GetProperty("paths").GetProperty(endpoint.RoutePattern.RawText!).GetProperty("post").TryGetProperty("requestBody", out var body)
            || !body.GetProperty("content").TryGetProperty("application/json", out var json) || !json.TryGetProperty("example", out var example))
        {
            return "{}";
        }

        var node = JsonNode.Parse(example.GetRawText())!;
        Name(node, account);
        return node.ToJsonString();
    }

    private static void Name(JsonNode node, string account)
    {
        if (node is JsonObject body)
        {
            foreach (var (name, value) in body.ToList())
            {
                if (name == "account")
                {
                    body[name] = account;
                }
                else if (value is not null)
                {
                    Name(value, account);
                }
            }
        }
        else if (node is JsonArray list)
        {
            foreach (var item in list.OfType<JsonNode>())
            {
                Name(item, account);
            }
        }
    }
}
