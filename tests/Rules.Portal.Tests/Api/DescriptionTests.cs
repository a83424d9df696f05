using System.Net;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Extensions.DependencyInjection;
using Rules.Client;
using Rules.Portal.Startup;
using Shouldly;
using Xunit;
using ProblemKinds = Rules.Portal.Api.ProblemKinds;

namespace Rules.Portal.Tests.Api;

[Collection(SharedPortal.Name)]
public sealed partial class DescriptionTests(RunningPortal portal)
{
    private static readonly JsonSerializerOptions _strict =
        new(ClientJson.Default.Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    [Fact]
    public async Task Description_names_every_operation_with_its_answers()
    {
        var paths = (await DocumentAsync()).GetProperty("paths");

        Statuses(paths, "/v1/quotes", "post").ShouldBe(["200", "400", "401", "403", "404", "413", "415", "422", "429", "503"]);
        Statuses(paths, "/v1/charges", "post").ShouldBe(["200", "400", "401", "402", "403", "404", "413", "415", "422", "429", "503"]);
        Statuses(paths, "/v1/accounts", "post").ShouldBe(["200", "400", "401", "403", "409", "413", "415", "422", "429", "503"]);
        Statuses(paths, "/v1/grants", "post").ShouldBe(["200", "400", "401", "403", "404", "413", "415", "422", "429", "503"]);
        Statuses(paths, "/v1/accounts/{account}", "get").ShouldBe(["200", "400", "401", "403", "404", "429", "503"]);
        Statuses(paths, "/v1/accounts/{account}/balance", "get").ShouldBe(["200", "400", "401", "403", "404", "422", "429", "503"]);
        Statuses(paths, "/v1/accounts/{account}/entries", "get").ShouldBe(["200", "400", "401", "403", "404", "429", "503"]);
        Statuses(paths, "/v1/accounts/{account}/entries/{entry}", "get").ShouldBe(["200", "400", "401", "403", "404", "429", "503"]);
        Statuses(paths, "/v1/keys", "post").ShouldBe(["200", "400", "401", "403", "413", "415", "422", "429", "503"]);
        Statuses(paths, "/v1/keys/{key}", "delete").ShouldBe(["200", "400", "401", "403", "404", "429", "503"]);
        Statuses(paths, "/v1/charges/bulk", "post").ShouldBe(["200", "400", "401", "403", "413", "415", "422", "429", "503"]);
        Statuses(paths, "/v1/alerts", "get").ShouldBe(["200", "400", "401", "403", "404", "429", "503"]);
        Statuses(paths, "/v1/webhooks", "post").ShouldBe(["200", "400", "401", "403", "413", "415", "422", "429", "503"]);
        Statuses(paths, "/v1/mutes", "post").ShouldBe(["200", "400", "401", "403", "404", "413", "415", "422", "429", "503"]);
        Statuses(paths, "/v1/mutes/{mute}", "delete").ShouldBe(["200", "400", "401", "403", "404", "429", "503"]);
        Statuses(paths, "/v1/drafts", "post").ShouldBe(["200", "400", "401", "403", "404", "409", "413", "415", "422", "429", "503"]);
        Statuses(paths, "/v1/replays", "post").ShouldBe(["200", "400", "401", "403", "404", "413", "415", "422", "429", "503"]);
        Statuses(paths, "/v1/replays/{replay}/events", "get").ShouldBe(["200", "400", "401", "403", "404", "429", "503"]);
        Statuses(paths, "/v1/usage/imports", "post").ShouldBe(["200", "400", "401", "403", "404", "408", "409", "413", "415", "422", "429", "503"]);
        paths.EnumerateObject().Count().ShouldBe(61);
    }

    [Fact]
    public async Task Commands_require_a_key_in_the_description()
    {
        var paths = (await DocumentAsync()).GetProperty("paths");
        foreach (var path in new[] { "/v1/charges", "/v1/accounts", "/v1/grants", "/v1/holds", "/v1/captures", "/v1/reversals" })
        {
            paths.GetProperty(path).GetProperty("post").GetProperty("parameters").EnumerateArray()
                .ShouldContain(parameter => parameter.GetProperty("name").GetString() == "Idempotency-Key" && parameter.GetProperty("required").GetBoolean());
        }
    }

    [Fact]
    public async Task Refused_charge_is_described_as_a_problem_with_the_quotes_members()
    {
        var document = await DocumentAsync();
        var schema = document.GetProperty("paths").GetProperty("/v1/charges").GetProperty("post").GetProperty("responses").GetProperty("402")
            .GetProperty("content").GetProperty("application/problem+json").GetProperty("schema");

        schema.GetProperty("allOf").EnumerateArray().Select(part => part.GetProperty("$ref").GetString())
            .ShouldBe(["#/components/schemas/Problem", "#/components/schemas/Quote"]);
    }

    [Fact]
    public async Task Answers_have_no_member_that_the_described_types_lack()
    {
        var account = await portal.OpenBookbagAsync("Hobby");
        var charge = await portal.Client.ChargeAsync(
            new UsageEvent { Account = account, Action = "reply", Facts = new Dictionary<string, string> { ["model"] = "GPT-4o" } }, portal.New("key"));
        var grant = await portal.Client.GrantAsync(
            new NewGrant { Account = account, Id = "g", Bucket = "allotment", Amount = 1, Expires = TimeProvider.System.GetUtcNow().AddDays(3) }, portal.New("key"));

        Strictly<Quote>(charge.Body);
        Strictly<Grant>(grant.Body);
        Strictly<Account>((await portal.Client.OpenAccountAsync(new NewAccount { Account = portal.New("desk"), Ruleset = "bookbag", Plan = "Pro" }, portal.New("key"))).Body);
        Strictly<Account>((await portal.Client.AccountAsync(account)).Body);
        Strictly<Balance>((await portal.Client.BalanceAsync(account)).Body);
        Strictly<EntryPage>((await portal.Client.EntriesAsync(account)).Body);
        Strictly<ExplainedEntry>((await portal.Client.EntryAsync(account, charge.Value!.Entry!.Value)).Body);
        Strictly<AccountPage>((await portal.Client.AccountsAsync()).Body);
        Strictly<RulesetList>((await portal.Client.RulesetsAsync()).Body);
        Strictly<VersionList>((await portal.Client.VersionsAsync("bookbag")).Body);
        Strictly<PublishedVersion>((await portal.Client.VersionAsync("bookbag", 1)).Body);
        Strictly<Account>((await portal.Client.ChangePlanAsync(account, new PlanChange { Plan = "Standard" }, portal.New("key"))).Body);
        var now = TimeProvider.System.GetUtcNow();
        Strictly<Statement>((await portal.Client.StatementAsync(account, now.AddDays(-1), now.AddDays(1))).Body);
        Strictly<UsagePage>((await portal.Client.UsageAsync(now.AddDays(-1), now.AddDays(1), "action", account)).Body);
        Strictly<Problem>((await portal.Client.AccountAsync("nobody")).Body);
    }

    [Fact]
    public async Task Example_requests_run_as_they_stand()
    {
        var document = await DocumentAsync();
        foreach (var (path, account) in new[] { ("/v1/accounts", "acme"), ("/v1/grants", "acme"), ("/v1/quotes", "sample-lab"), ("/v1/charges", "sample-lab"),
            ("/v1/quotes/bulk", "sample-lab"), ("/v1/charges/bulk", "sample-lab"), ("/v1/keys", "none"), ("/v1/webhooks", "none"), ("/v1/mutes", "sample-farm") })
        {
            var body = document.GetProperty("paths").GetProperty(path).GetProperty("post").GetProperty("requestBody").GetProperty("content")
                .GetProperty("application/json").GetProperty("example").GetRawText();
            if (account == "sample-lab")
            {
                await portal.Client.OpenAccountAsync(new NewAccount { Account = account, Ruleset = "biodock" }, "sample-lab");
            }

            if (account == "sample-farm")
            {
                (await portal.Client.OpenAccountAsync(
                    new NewAccount
                    {
                        Account = account,
                        Ruleset = "roboflow",
                        Plan = "Core",
                        Facts = new Dictionary<string, string> { ["created"] = "2026-04-02" },
                        Terms = new Dictionary<string, string> { ["core-included"] = "60", ["flex-threshold"] = "20" },
                    }, account)).EnsureGranted();
            }

            using var response = await portal.PostAsync(path, body, portal.New("example"));

            response.StatusCode.ShouldBe(HttpStatusCode.OK, path + await response.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task Every_operation_but_the_open_ones_asks_for_a_key_in_the_description()
    {
        var document = await DocumentAsync();

        document.GetProperty("components").GetProperty("securitySchemes").GetProperty("key").GetProperty("scheme").GetString().ShouldBe("bearer");
        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject())
            {
                operation.Value.TryGetProperty("security", out var security).ShouldBe(path.Name != "/v1/problems", path.Name);
                if (path.Name != "/v1/problems")
                {
                    security[0].TryGetProperty("key", out _).ShouldBeTrue();
                    operation.Value.GetProperty("description").GetString()!.ShouldContain("Needs the scope ");
                }
            }
        }
    }

    [Fact]
    public async Task Figures_are_described_as_strings_and_requests_as_closed()
    {
        var schemas = (await DocumentAsync()).GetProperty("components").GetProperty("schemas");

        schemas.GetProperty("Quote").GetProperty("properties").GetProperty("charge").GetProperty("type").GetString().ShouldBe("string");
        var usage = schemas.GetProperty("UsageEvent");
        usage.GetProperty("additionalProperties").GetBoolean().ShouldBeFalse();
        usage.GetProperty("required").EnumerateArray().Select(name => name.GetString()).ShouldBe(["account", "action"], ignoreOrder: true);
        usage.GetProperty("properties").EnumerateObject().Select(member => member.Name)
            .ShouldBe(["account", "at", "action", "quantities", "amount", "facts", "keys", "record", "only"], ignoreOrder: true);
        usage.GetProperty("properties").GetProperty("at").GetProperty("type").GetString().ShouldBe("string");
        schemas.GetProperty("Problem").GetProperty("properties").TryGetProperty("code", out _).ShouldBeTrue();
    }

    [Fact]
    public async Task Descriptions_name_members_as_they_are_written_and_no_types_of_the_client()
    {
        var descriptions = Descriptions(await DocumentAsync()).ToList();

        descriptions.Count.ShouldBeGreaterThan(500);
        descriptions.ShouldAllBe(text => !OfTheClient().IsMatch(text));
    }

    [Theory]
    [InlineData("/v1/accounts/{account}/statement", "get", "account, from, to")]
    [InlineData("/v1/usage", "get", "from, to")]
    [InlineData("/v1/usage/imports", "post", "ruleset, name")]
    [InlineData("/v1/invoices", "get", "")]
    public async Task Parameters_without_which_nothing_is_answered_are_described_as_required(string path, string method, string required) =>
        string.Join(", ", (await DocumentAsync()).GetProperty("paths").GetProperty(path).GetProperty(method).GetProperty("parameters").EnumerateArray()
            .Where(static parameter => parameter.TryGetProperty("required", out var wanted) && wanted.GetBoolean())
            .Select(static parameter => parameter.GetProperty("name").GetString())).ShouldBe(required);

    [Fact]
    public async Task Value_that_no_event_states_is_described_as_null()
    {
        var types = (await DocumentAsync()).GetProperty("components").GetProperty("schemas").GetProperty("UsageLine").GetProperty("properties").GetProperty("values")
            .GetProperty("additionalProperties").GetProperty("type");

        types.EnumerateArray().Select(type => type.GetString()).ShouldBe(["null", "string"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("/v1/charges", "post", "404", "account_unknown")]
    [InlineData("/v1/charges", "post", "422", "idempotency_key_reused, in_the_future, too_old, RTnn")]
    [InlineData("/v1/accounts/{account}/balance", "get", "422", "too_far_ahead, RTnn")]
    [InlineData("/v1/drafts", "post", "403", "cross_site_refused, scope_missing, key_restricted")]
    [InlineData("/v1/accounts", "get", "403", "scope_missing, key_restricted")]
    [InlineData("/v1/usage", "get", "403", "scope_missing, key_restricted")]
    [InlineData("/v1/usage", "get", "404", "account_unknown")]
    [InlineData("/v1/invoices", "get", "403", "scope_missing, key_restricted")]
    public async Task Status_is_described_with_the_codes_that_the_operation_answers(string path, string method, string status, string codes) =>
        (await DocumentAsync()).GetProperty("paths").GetProperty(path).GetProperty(method).GetProperty("responses").GetProperty(status).GetProperty("description").GetString()
            .ShouldBe("code: " + codes);

    [Fact]
    public async Task Members_of_examples_are_those_of_real_answers()
    {
        var document = await DocumentAsync();
        var account = await portal.OpenBookbagAsync("Hobby");
        var body = $$$"""{"account":"{{{account}}}","action":"reply","facts":{"model":"GPT-4o"},"record":{"agent":"a","conversation":"c"}}""";

        using var quote = await portal.PostAsync("/v1/quotes", body);
        using var charge = await portal.PostAsync("/v1/charges", body, portal.New("key"));
        using var balance = await portal.Http.GetAsync(new Uri($"/v1/accounts/{account}/balance", UriKind.Relative));
        using var entries = await portal.Http.GetAsync(new Uri($"/v1/accounts/{account}/entries?kind=charge", UriKind.Relative));

        Members(Example(document, "/v1/quotes", "post")).ShouldBe(Members(await quote.JsonAsync()));
        Members(Example(document, "/v1/charges", "post")).ShouldBe(Members(await charge.JsonAsync()));
        Members(Example(document, "/v1/accounts/{account}/balance", "get")).ShouldBe(Members(await balance.JsonAsync()));
        Members(Example(document, "/v1/accounts/{account}/entries", "get").GetProperty("entries")[0])
            .ShouldBe(Members((await entries.JsonAsync()).GetProperty("entries")[0]));
    }

    [Fact]
    public async Task Page_to_try_it_is_served_with_its_script_and_a_policy_of_its_own()
    {
        using var page = await portal.Http.GetAsync(new Uri("/docs/index.html", UriKind.Relative));
        using var script = await portal.Http.GetAsync(new Uri("/docs/swagger-ui-bundle.js", UriKind.Relative));
        var html = await page.Content.ReadAsStringAsync();

        page.StatusCode.ShouldBe(HttpStatusCode.OK);
        script.StatusCode.ShouldBe(HttpStatusCode.OK);
        page.Headers.GetValues("Content-Security-Policy").Single().ShouldStartWith("default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'");
        // The policy allows no inline script, so the page must not need one.
        html.ShouldNotContain("<script>");
        html.Split("<script ").Skip(1).ShouldAllBe(tag => tag.Split('>', 2)[0].Contains("src=", StringComparison.Ordinal));
        html.ShouldNotContain("https://");
    }

    [Fact]
    public async Task Problems_are_listed_with_their_codes()
    {
        using var response = await portal.Http.GetAsync(new Uri("/v1/problems", UriKind.Relative));
        var codes = (await response.JsonAsync()).EnumerateArray().Select(kind => kind.GetProperty("code").GetString()!).ToList();

        codes.ShouldContain("idempotency_key_required");
        codes.ShouldContain("RT01");
        codes.Where(code => !code.StartsWith("RT", StringComparison.Ordinal)).ShouldAllBe(code => code.All(character => char.IsAsciiLetterLower(character) || character == '_'));
        codes.ShouldBeUnique();
    }

    // By their texts: an error that the list does not have would be answered as a failure of the service.
    [Theory]
    [InlineData("engine/Rules.Engine/Pricing/EvaluationErrors.cs")]
    [InlineData("engine/Rules.Ledger/LedgerErrors.cs")]
    public void Every_error_of_a_command_is_listed(string file)
    {
        var text = File.ReadAllText(Path.Combine(PortalSettings.SourceRoot()!, file));
        var codes = NewError().Matches(text).Select(match => match.Groups["code"].Value).Distinct().ToList();
        codes.Count.ShouldBeGreaterThan(5);
        codes.ShouldBeSubsetOf(ProblemKinds.All.Select(kind => kind.Code));
    }

    [GeneratedRegex("""new\(\s*"(?<code>[A-Za-z0-9_]+)",""", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex NewError();

    // A new address under /v1 takes its place here, with what it is: a command needs a key, a read changes nothing.
    [Fact]
    public void Every_address_of_the_interface_is_classified()
    {
        var routes = Routes().Select(endpoint => $"{endpoint.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods.Single()} {endpoint.RoutePattern.RawText}");

        routes.ShouldBe(
            [
                "POST /v1/quotes", "POST /v1/charges", "POST /v1/accounts", "POST /v1/grants",
                "GET /v1/accounts/{account}", "GET /v1/accounts/{account}/balance", "GET /v1/accounts/{account}/entries",
                "GET /v1/accounts/{account}/entries/{entry}", "GET /v1/problems",
                "GET /v1/accounts", "POST /v1/accounts/{account}/facts-and-terms", "POST /v1/accounts/{account}/plan", "POST /v1/purchases",
                "GET /v1/invoices", "GET /v1/accounts/{account}/invoices/{entry}",
                "GET /v1/accounts/{account}/statement", "GET /v1/usage", "GET /v1/rulesets", "GET /v1/rulesets/{ruleset}/versions",
                "GET /v1/rulesets/{ruleset}/versions/{version}",
                "POST /v1/holds", "POST /v1/captures", "POST /v1/releases", "POST /v1/reversals", "POST /v1/refunds", "POST /v1/corrections",
                "POST /v1/voids", "POST /v1/replacements", "POST /v1/resets", "POST /v1/resets/bulk",
                "POST /v1/quotes/bulk", "POST /v1/charges/bulk", "POST /v1/holds/bulk", "POST /v1/captures/bulk", "POST /v1/releases/bulk",
                "POST /v1/reversals/bulk", "POST /v1/refunds/bulk", "POST /v1/corrections/bulk", "POST /v1/accounts/bulk", "POST /v1/grants/bulk",
                "POST /v1/voids/bulk", "POST /v1/replacements/bulk", "POST /v1/purchases/bulk", "POST /v1/facts-and-terms/bulk", "POST /v1/plan-changes/bulk",
                "POST /v1/keys", "GET /v1/keys", "POST /v1/keys/{key}/rotate", "DELETE /v1/keys/{key}",
                "GET /v1/alerts", "POST /v1/webhooks", "GET /v1/webhooks", "DELETE /v1/webhooks/{webhook}", "GET /v1/webhooks/{webhook}/deliveries",
                "POST /v1/webhooks/{webhook}/deliveries/{message}/resend",
                "POST /v1/mutes", "GET /v1/mutes", "DELETE /v1/mutes/{mute}",
            "POST /v1/drafts", "GET /v1/drafts/{draft}", "POST /v1/replays", "GET /v1/replays", "GET /v1/replays/{replay}", "DELETE /v1/replays/{replay}", "GET /v1/replays/{replay}/events",
            "POST /v1/usage/imports", "GET /v1/usage/imports", "GET /v1/usage/imports/{import}", "DELETE /v1/usage/imports/{import}",
            ], ignoreOrder: true);
    }

    // Told by the requests that its methods send, each called with whatever its parameters take.
    [Fact]
    public async Task Every_address_of_the_interface_has_a_method_of_the_client()
    {
        using var sent = new SentRequests();
        using var http = new HttpClient(sent) { BaseAddress = portal.Portal.Address };
        var client = new RulesClient(http, portal.Key);
        foreach (var method in typeof(RulesClient).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
        {
            var called = method.Invoke(client, [.. method.GetParameters().Select(parameter => Anything(parameter.ParameterType))]);
            if (called is Task task)
            {
                await task;
            }
            else if (called is IAsyncEnumerable<object> many)
            {
                await Should.ThrowAsync<HttpRequestException>(async () => await many.GetAsyncEnumerator().MoveNextAsync());
            }
        }

        var unsent = Routes().Where(route => !sent.Requests.Any(request =>
            route.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods.Contains(request.Method)
            && new TemplateMatcher(TemplateParser.Parse(route.RoutePattern.RawText!), []).TryMatch(request.Path, [])));
        unsent.Select(route => $"{route.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods.Single()} {route.RoutePattern.RawText}").ShouldBeEmpty();
    }

    private static object? Anything(Type type) =>
        Nullable.GetUnderlyingType(type) is not null ? null
        : type == typeof(string) ? "x"
        : type == typeof(Stream) ? Stream.Null
        : type.IsValueType ? Activator.CreateInstance(type)
        : type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>) ? null
        : type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? Array.CreateInstance(type.GetGenericArguments()[0], 0)
        : RuntimeHelpers.GetUninitializedObject(type);

    private IEnumerable<RouteEndpoint> Routes() => portal.Portal.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
        .Where(endpoint => endpoint.RoutePattern.RawText?.StartsWith("/v1", StringComparison.Ordinal) == true
            && endpoint.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is null);

    /// <summary>Answers every request as a service that has nothing.</summary>
    private sealed class SentRequests : HttpMessageHandler
    {
        public List<(string Method, string Path)> Requests { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests.Add((request.Method.Method, request.RequestUri!.AbsolutePath));
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.NotFound)
            {
                Content = new StringContent("""{"type":"about:blank","title":"Not there.","status":404,"code":"not_found"}""", Encoding.UTF8, "application/problem+json"),
            });
        }
    }

    private static void Strictly<T>(ReadOnlyMemory<byte> body)
        where T : class => JsonSerializer.Deserialize<T>(body.Span, _strict).ShouldNotBeNull();

    private static IEnumerable<string> Statuses(JsonElement paths, string path, string method) =>
        paths.GetProperty(path).GetProperty(method).GetProperty("responses").EnumerateObject().Select(status => status.Name).Order(StringComparer.Ordinal);

    private static JsonElement Example(JsonElement document, string path, string method) => document.GetProperty("paths").GetProperty(path).GetProperty(method)
        .GetProperty("responses").GetProperty("200").GetProperty("content").GetProperty("application/json").GetProperty("example");

    private static List<string> Members(JsonElement element) => [.. element.EnumerateObject().Select(member => member.Name)];

    private static IEnumerable<string> Descriptions(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(static member =>
            member is { Name: "description" or "summary", Value.ValueKind: JsonValueKind.String } ? [member.Value.GetString()!] : Descriptions(member.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Descriptions),
        _ => [],
    };

    [GeneratedRegex(@"[A-Z]\w+\.[A-Z]\w+|&lt;|\w\? [A-Z]\w+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex OfTheClient();

    private async Task<JsonElement> DocumentAsync()
    {
        using var response = await portal.Http.GetAsync(new Uri("/openapi/v1.json", UriKind.Relative));
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await response.JsonAsync();
    }
}
