using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Rules.Client;
using Rules.Portal.Access;
using Rules.Portal.Startup;
using Rules.Portal.Tests.Api;
using Shouldly;
using Xunit;

namespace Rules.Portal.Tests.Abuse;

/// <summary>S5, S7, S9, S12 and S15 as they concern the interface. S1 and S2 stand with the access of addresses, S10 with the keys.</summary>
[Collection(SharedPortal.Name)]
public sealed class SecurityTests(RunningPortal portal)
{
    // Each alone, and behind what ends an attribute, a text, a comment or a script that it might stand in.
    private static IEnumerable<string> Markup => _markup.SelectMany(static text => _ends, static (text, end) => end + text);

    private static readonly string[] _ends =
    [
        "", "\"", "'", "`", "\">", "'>", "-->", "]]>", "</script>", "</style>", "</textarea>", "</title>", "\\u003c", "\\x3c", "&#60;", "&lt;", "%3C", "\u202e", "\ufeff", "\u2028", "\t", " ",
        "\" autofocus onfocus=alert(1) x=\"", "' style='x:expression(alert(1))", "*/", "//", "${alert(1)}", "data:text/html,", "</svg>",
    ];

    private static readonly string[] _markup =
    [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "javascript:alert(1)", "'-alert(1)-'", "<svg/onload=alert(1)>", "{{7*7}}", "</title><script>alert(1)</script>",
    ];

    private static IEnumerable<string> Sql => _sql.SelectMany(static text => (string[])["", "1", "'", "1'); ", "\"x\" "], static (text, begins) => begins + text);

    private static readonly string[] _sql =
    [
        "' OR '1'='1", "'; DROP TABLE journal; --", "\" OR \"\"=\"", "1; DELETE FROM account_head", "' UNION SELECT secret_sha256 FROM api_key --", "%' --", "\\'; --", "') OR 1=1 --", "' || (SELECT 1) || '",
        "0x27", "admin'/*", "*/ OR 1=1 --", "' AND SLEEP(5) --", "';ATTACH DATABASE 'x' AS y;--", "'||randomblob(1000000000)||'", "1/0", "?1", "@p0", ":id", "$1",
    ];

    [Fact]
    public async Task S5_Markup_comes_back_as_json_that_no_browser_reads_as_a_page()
    {
        var account = await portal.OpenBiodockAsync();
        foreach (var text in Markup)
        {
            var escaped = JsonSerializer.Serialize(text);
            var responses = new[]
            {
                await portal.PostAsync("/v1/quotes", $$$"""{"account":"{{{account}}}","action":{{{escaped}}},"record":{"project":{{{escaped}}}}}"""),
                await portal.PostAsync("/v1/charges", $$$"""{"account":{{{escaped}}},"action":"analysis"}""", string.Concat(text.Where(static letter => letter is >= ' ' and <= '~'))),
                await portal.PostAsync("/v1/quotes", $$$"""{{{{escaped}}}:1}"""),
                await portal.Http.GetAsync(new Uri("/v1/accounts/" + Uri.EscapeDataString(text), UriKind.Relative)),
                await portal.Http.GetAsync(new Uri($"/v1/accounts/{account}/entries?kind=" + Uri.EscapeDataString(text), UriKind.Relative)),
                await portal.PostAsync("/v1/keys", $$"""{"name":{{escaped}},"scopes":["read"]}"""),
            };
            foreach (var response in responses)
            {
                using (response)
                {
                    response.Content.Headers.ContentType!.MediaType.ShouldBeOneOf("application/json", "application/problem+json");
                    response.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
                    response.Headers.GetValues("Content-Security-Policy").ShouldBe(["default-src 'none'; frame-ancestors 'none'"]);
                    ((int)response.StatusCode).ShouldBeLessThan(500);
                }
            }
        }
    }

    [Fact]
    public async Task S7_Text_that_looks_like_sql_is_text()
    {
        var account = await portal.OpenBookbagAsync("Pro");
        var before = (await portal.Portal.Ledger.AccountsAsync(new Ledger.AccountFilter(Limit: 500), default)).Items.Length;
        foreach (var text in Sql)
        {
            var escaped = JsonSerializer.Serialize(text);
            var encoded = Uri.EscapeDataString(text);
            var responses = new[]
            {
                await portal.PostAsync("/v1/charges", $$$"""{"account":"{{{account}}}","action":"reply","facts":{"model":"GPT-4o"},"keys":{{{{escaped}}}:{{{escaped}}}},"record":{{{{escaped}}}:{{{escaped}}}}}""", text),
                await portal.PostAsync("/v1/charges", $$"""{"account":{{escaped}},"action":{{escaped}}}""", text),
                await portal.PostAsync("/v1/grants", $$"""{"account":"{{account}}","id":{{escaped}},"bucket":{{escaped}},"amount":"1"}""", text),
                await portal.PostAsync("/v1/accounts", $$"""{"account":"x","ruleset":{{escaped}},"plan":{{escaped}}}""", text),
                await portal.PostAsync("/v1/keys", $$"""{"name":{{escaped}},"scopes":["read"],"accounts":[{{escaped}}]}"""),
                await portal.Http.GetAsync(new Uri("/v1/accounts/" + encoded, UriKind.Relative)),
                await portal.Http.GetAsync(new Uri($"/v1/accounts/{account}/entries?key={encoded}&after={encoded}", UriKind.Relative)),
                await portal.Http.GetAsync(new Uri($"/v1/alerts?account={encoded}&after={encoded}", UriKind.Relative)),
                await portal.Http.DeleteAsync(new Uri("/v1/keys/" + encoded, UriKind.Relative)),
                await portal.Http.DeleteAsync(new Uri("/v1/webhooks/" + encoded, UriKind.Relative)),
            };
            foreach (var response in responses)
            {
                using (response)
                {
                    ((int)response.StatusCode).ShouldBeLessThan(500, text);
                }
            }
        }

        (await portal.Portal.Ledger.AccountsAsync(new Ledger.AccountFilter(Limit: 500), default)).Items.Length.ShouldBe(before);
        (await portal.Portal.Ledger.VerifyAsync(null, null, default)).Holds.ShouldBeTrue();
        (await portal.Client.KeysAsync()).Status.ShouldBe(200);
    }

    [Fact]
    public async Task S9_No_secret_is_in_the_log_or_in_an_answer()
    {
        var home = Directory.CreateTempSubdirectory("rules-canary-").FullName;
        string log;
        string key;
        string webhookSecret;
        string made;
        string link;
        var answers = new StringBuilder();
        await using (var service = await ServiceProcess.StartAsync(home, null, "--Rules:WebhookHosts", "127.0.0.1", "--Logging:LogLevel:Default", "Trace"))
        {
            key = service.Key;
            link = (await File.ReadAllTextAsync(Path.Combine(home, "sign-in.link"))).Trim()[^64..];
            var client = new RulesClient(service.Http);
            made = (await client.CreateKeyAsync(new NewKey { Name = "a", Scopes = ["read"] })).EnsureGranted().Text!;
            // Nobody listens there: every delivery fails, and is told in the log.
            webhookSecret = (await client.AddWebhookAsync(new NewWebhook { Url = "http://127.0.0.1:9/hook?token=canary-7d21" })).EnsureGranted().Secret!;
            (await client.OpenAccountAsync(
                new NewAccount
                {
                    Account = "w",
                    Ruleset = "roboflow",
                    Plan = "Core",
                    Facts = new Dictionary<string, string> { ["created"] = "2026-04-02" },
                    Terms = new Dictionary<string, string> { ["core-included"] = "60", ["flex-threshold"] = "20" },
                }, "open")).EnsureGranted();
            (await client.ChargeAsync(new UsageEvent { Account = "w", Action = "data", Quantities = new Dictionary<string, decimal> { ["data-unit"] = 48 } }, "use")).EnsureGranted();
            foreach (var path in new[] { "/v1/keys", "/v1/webhooks", "/v1/nothing", "/metrics", "/openapi/v1.json", "/v1/accounts/w/entries", "/error/500", "/" })
            {
                using var response = await service.Http.GetAsync(new Uri(path, UriKind.Relative));
                answers.Append(await response.Content.ReadAsStringAsync());
            }

            using var wrong = new HttpRequestMessage(HttpMethod.Get, "/v1/keys");
            wrong.Headers.TryAddWithoutValidation("Authorization", "Bearer " + made + "0");
            using var refused = await service.Http.SendAsync(wrong);
            answers.Append(await refused.Content.ReadAsStringAsync());
            for (var wait = 0; wait < 100 && (await DeliveryAttemptsAsync(client)) == 0; wait++)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            }

            foreach (var text in new[] { "%0d%0aforged:%20line", "%1b%5b2J%1b%5b31m", "%E2%80%A8%7B%22LogLevel%22:%22Critical%22%7D" })
            {
                using var asked = await service.Http.GetAsync(new Uri($"/v1/accounts/{text}?search={text}", UriKind.Relative));
                using var named = new HttpRequestMessage(HttpMethod.Get, "/v1/accounts/w") { Headers = { { "User-Agent", Uri.EscapeDataString(text) } } };
                using var answered = await service.Http.SendAsync(named);
            }

            await service.StopAsync();
            log = await service.Log;
        }

        Directory.Delete(home, recursive: true);
        log.ShouldContain("did not take message");
        // Whatever a caller sends, a line is one object, and begins none of its own.
        log.ShouldNotContain('\u001b');
        foreach (var line in log.Split('\n').Where(static line => line.Contains("\"LogLevel\"", StringComparison.Ordinal)))
        {
            using var entry = JsonDocument.Parse(line);
            entry.RootElement.GetProperty("LogLevel").GetString().ShouldNotBe("Critical");
        }

        log.Split('\n').ShouldAllBe(static line => !line.StartsWith("forged", StringComparison.Ordinal));
        foreach (var secret in new[] { key[20..], made[20..], webhookSecret, link, "canary-7d21" })
        {
            log.ShouldNotContain(secret);
        }

        foreach (var secret in new[] { key[20..], made[20..], webhookSecret })
        {
            answers.ToString().ShouldNotContain(secret);
        }
    }

    [Fact]
    public void S9_Text_of_a_megabyte_is_cut_in_the_log()
    {
        var text = "\r\n\u001b[2J" + string.Concat(Enumerable.Repeat("\u20ac\U0001f600", 200_000));
        var exception = new InvalidOperationException(text, new InvalidOperationException(text));
        KeyValuePair<string, object?>[] state = [new("Account", text), new("{OriginalFormat}", "{Account} is not there.")];
        using var log = new StringWriter();
        new JsonLogFormatter(TimeProvider.System).Write(
            new LogEntry<KeyValuePair<string, object?>[]>(LogLevel.Error, "Rules", default, state, exception, (values, _) => values[0].Value + " is not there."), null, log);

        var lines = log.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.ShouldHaveSingleItem().Length.ShouldBeLessThan(32_000);
        lines[0].ShouldNotContain('\u001b');
        using var entry = JsonDocument.Parse(lines[0]);
        var value = entry.RootElement.GetProperty("State").GetProperty("Account").GetString()!;
        value.ShouldEndWith("... (600006 characters)");
        var kept = value[..value.LastIndexOf("...", StringComparison.Ordinal)];
        text.ShouldStartWith(kept);
        Encoding.UTF8.GetByteCount(kept).ShouldBeInRange(JsonLogFormatter.MostBytes - 4, JsonLogFormatter.MostBytes);
        entry.RootElement.GetProperty("Message").GetString()!.ShouldStartWith(kept);
        entry.RootElement.GetProperty("Exception").GetString()!.Split(kept).Length.ShouldBe(3);
        entry.RootElement.GetProperty("State").GetProperty("{OriginalFormat}").GetString().ShouldBe("{Account} is not there.");
    }

    [Fact]
    public async Task S12_Every_address_answers_with_the_headers_also_where_it_refuses()
    {
        using var stranger = portal.Holding(null);
        foreach (var http in new[] { portal.Http, stranger })
        {
            foreach (var path in Addresses())
            {
                foreach (var method in new[] { HttpMethod.Get, HttpMethod.Post, HttpMethod.Delete, HttpMethod.Put })
                {
                    using var request = new HttpRequestMessage(method, path);
                    using var response = await http.SendAsync(request);
                    var what = $"{method} {path} {(int)response.StatusCode}";

                    response.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"], what);
                    response.Headers.GetValues("Content-Security-Policy").Single().ShouldStartWith("default-src 'none'", Case.Sensitive, what);
                    response.Headers.CacheControl!.NoStore.ShouldBeTrue(what);
                    response.Headers.Contains("Referrer-Policy").ShouldBeTrue(what);
                    response.Headers.Contains("Server").ShouldBeFalse(what);
                    response.Headers.Contains("X-Powered-By").ShouldBeFalse(what);
                }
            }
        }
    }

    [Fact]
    public async Task S15_Member_that_a_body_does_not_have_is_400_at_every_address()
    {
        using var description = await portal.Http.GetAsync(new Uri("/openapi/v1.json", UriKind.Relative));
        var document = await description.JsonAsync();
        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            if (!path.Value.TryGetProperty("post", out var post) || !post.TryGetProperty("requestBody", out var body)
                || !body.GetProperty("content").TryGetProperty("application/json", out var described))
            {
                continue;
            }

            foreach (var member in new[] { "org_id", "status", "approved_by", "created_at", "recorded_at", "created_by", "secret", "version", "__proto__" })
            {
                var json = JsonNode.Parse(described.GetProperty("example").GetRawText())!.AsObject();
                var target = json["items"] is JsonArray items ? items[0]!.AsObject() : json;
                target[member] = "x";
                using var response = await portal.PostAsync(System.Text.RegularExpressions.Regex.Replace(
                    path.Name, @"\{\w+\}", "x", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)), json.ToJsonString(), portal.New("key"));
                var answer = await response.JsonAsync();
                var problem = answer.TryGetProperty("results", out var results) ? results[0].GetProperty("problem") : answer;

                (problem.GetProperty("status").GetInt32(), problem.GetProperty("code").GetString()).ShouldBe((400, "unknown_member"), $"{path.Name} {member} {answer}");
            }
        }
    }

    private static async Task<int> DeliveryAttemptsAsync(RulesClient client)
    {
        var webhook = (await client.WebhooksAsync()).EnsureGranted().Webhooks.Single();
        return (await client.DeliveriesAsync(webhook.Id)).EnsureGranted().Deliveries.Sum(delivery => delivery.Attempts);
    }

    private List<string> Addresses() =>
    [
        .. portal.Portal.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<EndpointAccess>() is not null)
            .Select(endpoint => System.Text.RegularExpressions.Regex.Replace(
                endpoint.RoutePattern.RawText!, @"\{\w+\}", "x", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1))).Distinct(),
        "/v1", "/v1/nothing", "/health/live", "/health/ready", "/metrics", "/nothing",
    ];
}
