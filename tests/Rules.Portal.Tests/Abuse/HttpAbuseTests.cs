using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Rules.Portal.Tests.Api;
using Shouldly;
using Xunit;

namespace Rules.Portal.Tests.Abuse;

/// <summary>H1 to H7: requests that nobody means well. H8 and H9 stand with the rates, H10 with the bulks.</summary>
[Collection(SharedPortal.Name)]
public sealed class HttpAbuseTests(RunningPortal portal)
{
    private const int Seed = 20_261_126;
    private const int Requests = 3_000;

    // At night RULES_BROKEN_REQUESTS=50000.
    private static readonly int _requests = int.TryParse(Environment.GetEnvironmentVariable("RULES_BROKEN_REQUESTS"), NumberStyles.None, CultureInfo.InvariantCulture, out var more)
        ? Math.Max(more, Requests)
        : Requests;

    private static readonly string[] _bodies =
    [
        """{"account":"lab","at":"2026-05-01T10:00:00Z","action":"analysis","quantities":{"image":"6000","crop":"120000"},"facts":{"tile-size":"1000"},"keys":{"run":"r-17"},"record":{"project":"p1"}}""",
        """{"account":"acme","ruleset":"bookbag","plan":"Hobby","facts":{"deployment":"cloud"}}""",
        """{"account":"acme","id":"goodwill-1","bucket":"allotment","amount":"50","priority":3}""",
        """{"items":[{"idempotency_key":"k","account":"lab","action":"analysis"},{"account":"lab"}]}""",
        """{"name":"image workers","scopes":["quote","charge"],"expires":"2099-01-01T00:00:00Z"}""",
        """{"url":"https://hooks.example.com/rules"}""",
    ];

    private static readonly string[] _tokens =
    [
        "null", "true", "[]", "{}", "\"\"", "1e400", "-0", "1E-40", "NaN", "Infinity", "12345678901234567890123456789012", "0.00000000000000001", "\"\\ud800\"", "\"\\u0000\"",
        "\"\u202e\"", "\"=cmd|' /C calc'!A0\"", "\"../../etc/passwd\"", "\"' OR 1=1 --\"", "\"<script>alert(1)</script>\"", "[[[[[[[[", "{\"a\":{\"a\":{\"a\":{}}}}", "\"9999-12-31T23:59:59.999999999Z\"",
        "\"0001-01-01T00:00:00Z\"", "9223372036854775808", "-9223372036854775809",
    ];

    [Fact]
    public async Task H1_Three_thousand_broken_requests_are_each_told_so_and_none_is_our_fault()
    {
        var dice = new Random(Seed);
        var addresses = Addresses(method: null);
        for (var number = 0; number < _requests; number++)
        {
            var address = Address(dice, addresses);
            using var request = new HttpRequestMessage(new HttpMethod(Pick(dice, "POST", "POST", "POST", "GET", "PUT", "DELETE", "PATCH", "BREW")), address);
            if (request.Method != HttpMethod.Get)
            {
                request.Content = new ByteArrayContent(Body(dice));
                request.Content.Headers.TryAddWithoutValidation("Content-Type", Pick(dice, "application/json", "application/json", "application/json", "text/plain", "application/json; charset=utf-7"));
            }

            if (dice.Next(4) > 0)
            {
                request.Headers.TryAddWithoutValidation("Idempotency-Key", Pick(dice, "k", "sys:expire:1", new string('k', 200), "k\u007f", " "));
            }

            using var response = await portal.Http.SendAsync(request);
            var text = await response.Content.ReadAsStringAsync();
            var what = string.Create(CultureInfo.InvariantCulture, $"seed {Seed}, request {number}: {request.Method} {address} -> {(int)response.StatusCode} {text}");

            ((int)response.StatusCode).ShouldBeLessThan(500, what);
            text.ShouldNotContain("   at ", Case.Sensitive, what);
            text.ShouldNotContain("Exception", Case.Sensitive, what);
            if (response.Content.Headers.ContentType is null)
            {
                // Refused by the server before it was a request.
                (response.StatusCode, text).ShouldBe((HttpStatusCode.BadRequest, ""), what);
            }
            else if ((int)response.StatusCode >= 400)
            {
                response.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json", what);
                (await response.CodeAsync()).ShouldNotBeNullOrEmpty();
            }
        }

        (await portal.Portal.Ledger.VerifyAsync(null, null, default)).Holds.ShouldBeTrue();
    }

    [Theory]
    [InlineData("GET /v1/problems HTTP/1.1\r\nHost: localhost\r\n", 10_000)]
    [InlineData("POST /v1/quotes HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n", 10_000)]
    public async Task H1_Ten_thousand_headers_are_refused(string start, int headers)
    {
        var request = new StringBuilder(start);
        for (var header = 0; header < headers; header++)
        {
            request.Append(CultureInfo.InvariantCulture, $"X-{header}: a\r\n");
        }

        (await SendRawAsync(request.Append("\r\n").ToString())).ShouldStartWith("HTTP/1.1 431");
    }

    [Theory]
    [InlineData("Transfer-Encoding: chunked\r\n\r\nZZ\r\n{}\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n{}\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n2\r\n{}X0\r\n\r\n")]
    [InlineData("Transfer-Encoding: gzip\r\n\r\n2\r\n{}\r\n0\r\n\r\n")]
    [InlineData("Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}")]
    [InlineData("Content-Length: -1\r\n\r\n{}")]
    [InlineData("Content-Length: 99999999999999999999\r\n\r\n{}")]
    [InlineData("Content-Length: 2 \0\r\n\r\n{}")]
    public async Task H1_Body_that_breaks_the_rules_of_http_is_400(string end)
    {
        var answer = await SendRawAsync($"POST /v1/quotes HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {portal.Key}\r\nContent-Type: application/json\r\n{end}");

        answer.ShouldStartWith("HTTP/1.1 400");
        answer.ShouldNotContain("Exception");
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{\"account\":\"lab\"")]
    [InlineData("{\"account\":\"lab\u0000\"}")]
    [InlineData("{\"account\":\"\u00ff\u00fe\"}")]
    [InlineData("\u00ef\u00bb\u00bf{}")]
    [InlineData("{\"nam\u00ff\":1}")]
    [InlineData("{\"\\ud800\":1}")]
    [InlineData("{\"\\ud800\":1,\"\\ud800\":2}")]
    [InlineData("{\"facts\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}")]
    public async Task H1_Body_that_is_cut_empty_too_deep_or_not_utf8_is_400_at_every_address_that_takes_one(string bytes)
    {
        foreach (var address in Addresses("POST"))
        {
            using var response = await portal.PostAsync(
                System.Text.RegularExpressions.Regex.Replace(address, @"\{\w+\}", "1", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)),
                Encoding.Latin1.GetBytes(bytes), portal.New("key"));
            var what = $"{address} {await response.Content.ReadAsStringAsync()}";

            // The one takes no body, the other a file.
            if (!address.EndsWith("/resend", StringComparison.Ordinal) && !address.EndsWith("/usage/imports", StringComparison.Ordinal))
            {
                response.StatusCode.ShouldBe(HttpStatusCode.BadRequest, what);
                (await response.CodeAsync()).ShouldNotBeNullOrEmpty(what);
            }
        }
    }

    [Fact]
    public async Task H1_Address_of_a_megabyte_is_refused() =>
        (await SendRawAsync($"GET /v1/accounts/{new string('a', 1024 * 1024)} HTTP/1.1\r\nHost: localhost\r\n\r\n")).ShouldStartWith("HTTP/1.1 4");

    [Theory]
    [InlineData("""{"account":"lab","account":"other","action":"analysis"}""")]
    [InlineData("""{"account":"lab","action":"analysis","quantities":{"image":99,"image":1}}""")]
    [InlineData("""{"account":"lab","action":"analysis","facts":{"model":"a","\u006dodel":"b"}}""")]
    [InlineData("""{"account":"lab","action":"analysis","record":{"project":"a","project":"a"}}""")]
    public async Task H2_Member_that_stands_twice_is_400(string body)
    {
        foreach (var path in new[] { "/v1/quotes", "/v1/charges", "/v1/corrections" })
        {
            using var response = await portal.PostAsync(path, body, portal.New("key"));

            response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
            (await response.CodeAsync()).ShouldBe("duplicate_member");
        }
    }

    // Whatever the body is made of: its first member once more.
    [Fact]
    public async Task H2_Member_that_stands_twice_is_400_at_every_address_that_takes_a_body()
    {
        using var description = await portal.Http.GetAsync(new Uri("/openapi/v1.json", UriKind.Relative));
        var seen = 0;
        foreach (var path in (await description.JsonAsync()).GetProperty("paths").EnumerateObject())
        {
            if (!path.Value.TryGetProperty("post", out var post) || !post.TryGetProperty("requestBody", out var body)
                || !body.GetProperty("content").TryGetProperty("application/json", out var json))
            {
                continue;
            }

            var example = json.GetProperty("example");
            var first = example.EnumerateObject().First();
            var twice = string.Create(CultureInfo.InvariantCulture, $$"""{"{{first.Name}}":{{first.Value.GetRawText()}},{{example.GetRawText().TrimStart()[1..]}}""");
            using var response = await portal.PostAsync(
                System.Text.RegularExpressions.Regex.Replace(path.Name, @"\{\w+\}", "x", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)), twice, portal.New("key"));

            response.StatusCode.ShouldBe(HttpStatusCode.BadRequest, $"{path.Name} {twice} {await response.Content.ReadAsStringAsync()}");
            seen++;
        }

        seen.ShouldBeGreaterThan(30);
    }

    [Theory]
    [InlineData("/v1/grants", """{"account":"a","id":"g","bucket":"b","amount":1,"priority":"5"}""")]
    [InlineData("/v1/grants", """{"account":"a","id":"g","bucket":"b","amount":1,"priority":1.0}""")]
    [InlineData("/v1/grants", """{"account":"a","id":"g","bucket":"b","amount":1,"priority":1e3}""")]
    [InlineData("/v1/keys/x/rotate", """{"overlap_seconds":"5"}""")]
    [InlineData("/v1/keys/x/rotate", """{"overlap_seconds":1.0}""")]
    [InlineData("/v1/keys", """{"name":"a","scopes":["read"],"requests_per_second":"5"}""")]
    [InlineData("/v1/keys", """{"name":"a","scopes":["read"],"requests_per_second":1e3}""")]
    [InlineData("/v1/grants", """{"account":"a","id":"g","bucket":"b","amount":1e3}""")]
    [InlineData("/v1/grants", """{"account":"a","id":"g","bucket":"b","amount":"1e3"}""")]
    public async Task H3_Integer_in_quotes_or_with_a_point_and_a_figure_with_an_exponent_are_400(string path, string body)
    {
        using var response = await portal.PostAsync(path, body, portal.New("key"));

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.CodeAsync()).ShouldBeOneOf("wrong_type", "invalid_number");
    }

    [Theory]
    [InlineData("%225%22")]
    [InlineData("1.0")]
    [InlineData("1e3")]
    [InlineData("%2B1")]
    [InlineData("-1")]
    [InlineData("0")]
    [InlineData("%D9%A1")]
    [InlineData("99999999999999999999")]
    public async Task H3_Count_in_an_address_is_digits_or_400(string limit)
    {
        foreach (var path in new[] { "/v1/accounts", "/v1/keys", "/v1/alerts", "/v1/invoices", "/v1/replays", "/v1/usage?from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z" })
        {
            using var response = await portal.Http.GetAsync(new Uri($"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}limit={limit}", UriKind.Relative));

            (response.StatusCode, await response.CodeAsync()).ShouldBe((HttpStatusCode.BadRequest, "parameter_invalid"), path);
        }
    }

    [Theory]
    [InlineData("1e400")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("\"Infinity\"")]
    [InlineData("1234567890123456789012345678901")]
    [InlineData("1e-40")]
    [InlineData("0.0000000001")]
    public async Task H4_Figure_that_would_be_rounded_or_is_none_is_400(string figure)
    {
        using var response = await portal.PostAsync("/v1/quotes", $$$"""{"account":"lab","action":"analysis","quantities":{"image":{{{figure}}}}}""");

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.CodeAsync()).ShouldBeOneOf("invalid_number", "malformed_json");
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("999999999999999999")]
    [InlineData("999999999999999999.999999999")]
    public async Task H5_Quantity_below_zero_or_too_large_to_charge_is_422(string quantity)
    {
        var account = await portal.OpenBiodockAsync();
        var body = $$$"""{"account":"{{{account}}}","action":"analysis","quantities":{"image":"{{{quantity}}}","crop":"{{{quantity}}}"},"keys":{"run":"r"}}""";
        foreach (var path in new[] { "/v1/quotes", "/v1/charges" })
        {
            using var response = await portal.PostAsync(path, body, portal.New("key"));

            response.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity, await response.Content.ReadAsStringAsync());
            (await response.CodeAsync()).ShouldStartWith("RT");
        }
    }

    // Credits of bookbag are whole: 10^15 of them are the most that one entry moves.
    [Theory]
    [InlineData("0", 422)]
    [InlineData("-1", 422)]
    [InlineData("1000000000000001", 422)]
    [InlineData("999999999999999999", 422)]
    [InlineData("1.5", 422)]
    [InlineData("1", 200)]
    [InlineData("1000000000000000", 200)]
    public async Task H5_Grant_that_is_nothing_or_too_much_is_422(string amount, int status)
    {
        var account = await portal.OpenBookbagAsync("Pro");
        using var response = await portal.PostAsync("/v1/grants", $$"""{"account":"{{account}}","id":"g","bucket":"allotment","amount":"{{amount}}"}""", portal.New("key"));

        ((int)response.StatusCode).ShouldBe(status, await response.Content.ReadAsStringAsync());
        (await portal.Client.BalanceAsync(account)).EnsureGranted().Balances["allotment"]
            .ShouldBe(40_000 + (status == 200 ? decimal.Parse(amount, CultureInfo.InvariantCulture) : 0));
    }

    [Fact]
    public async Task H6_Answers_are_the_same_bytes_in_every_culture()
    {
        var answers = new List<string>();
        foreach (var language in new[] { "C", "de_DE.UTF-8", "fr_FR.UTF-8", "tr_TR.UTF-8", "ar_SA.UTF-8" })
        {
            var home = Directory.CreateTempSubdirectory("rules-culture-").FullName;
            await using (var service = await ServiceProcess.StartAsync(home, new Dictionary<string, string> { ["LANG"] = language, ["LC_ALL"] = language }))
            {
                var client = new Client.RulesClient(service.Http);
                (await client.OpenAccountAsync(new Client.NewAccount { Account = "lab", Ruleset = "biodock" }, "open")).EnsureGranted();
                var run = new Client.UsageEvent
                {
                    Account = "lab",
                    Action = "analysis",
                    Quantities = new Dictionary<string, decimal> { ["image"] = 6000, ["crop"] = 120000 },
                    Keys = new Dictionary<string, string> { ["run"] = "r" },
                };
                var charge = await client.ChargeAsync(run, "run");
                var problem = await client.ChargeAsync(run with { Action = "ANALYSIS" }, "other");
                using var malformed = await service.Http.PostAsync(
                    new Uri("/v1/quotes", UriKind.Relative), new StringContent("{\"quantities\":{\"image\":1,5}}", Encoding.UTF8, "application/json"));
                using var metrics = await service.Http.GetAsync(new Uri("/metrics", UriKind.Relative));
                var names = (await metrics.Content.ReadAsStringAsync()).Split('\n').Where(line => line.Contains("_bucket{le=", StringComparison.Ordinal)).Select(line => line.Split(' ')[0]);
                answers.Add(string.Join('\n', [Encoding.UTF8.GetString(charge.Body.Span), Encoding.UTF8.GetString(problem.Body.Span), await malformed.Content.ReadAsStringAsync(), .. names]));
            }

            Directory.Delete(home, recursive: true);
        }

        answers[0].ShouldContain("\"charge\":\"8.95\"");
        answers.Distinct().Count().ShouldBe(1);
    }

    [Theory]
    [InlineData("GET /v1/problems HTTP/1.1\r\nHost: localhost\r\nX-A: ", 'a')]
    [InlineData("POST /v1/quotes HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100000\r\nAuthorization: Bearer {key}\r\n\r\n", ' ')]
    public async Task H7_Client_that_sends_a_byte_now_and_then_is_told_408_and_cut_off(string start, char drip)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, portal.Portal.Address.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(start.Replace("{key}", portal.Key, StringComparison.Ordinal)));
        var started = TimeProvider.System.GetTimestamp();
        var answer = ReadAsync(stream, whole: true);
        try
        {
            while (!answer.IsCompleted && TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(60))
            {
                await stream.WriteAsync(new[] { (byte)drip });
                await Task.WhenAny(answer, Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System));
            }
        }
        catch (IOException)
        {
            // Cut off.
        }

        TimeProvider.System.GetElapsedTime(started).ShouldBeInRange(TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(60));
        (await answer).ShouldStartWith("HTTP/1.1 408");
    }

    [Theory]
    [InlineData("X-Forwarded-Host", "evil.example", HttpStatusCode.OK)]
    [InlineData("X-Forwarded-For", "8.8.8.8", HttpStatusCode.OK)]
    [InlineData("X-Forwarded-Proto", "https", HttpStatusCode.OK)]
    [InlineData("Host", "evil.example", HttpStatusCode.BadRequest)]
    public async Task H9_What_a_client_says_about_its_address_is_ignored_and_its_host_is_not(string header, string value, HttpStatusCode status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/problems");
        request.Headers.TryAddWithoutValidation(header, value);
        using var response = await portal.Http.SendAsync(request);

        response.StatusCode.ShouldBe(status);
        response.Headers.Contains("Strict-Transport-Security").ShouldBeFalse("Nothing but the connection says that it is encrypted.");
    }

    [Fact]
    public async Task H9_Switch_of_the_framework_for_forwarded_headers_changes_nothing()
    {
        var home = Directory.CreateTempSubdirectory("rules-forwarded-").FullName;
        await using (var service = await ServiceProcess.StartAsync(home, new Dictionary<string, string> { ["ASPNETCORE_FORWARDEDHEADERS_ENABLED"] = "true" }))
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/problems");
            request.Headers.TryAddWithoutValidation("X-Forwarded-Host", "evil.example");
            request.Headers.TryAddWithoutValidation("X-Forwarded-Proto", "https");
            using var response = await service.Http.SendAsync(request);

            response.StatusCode.ShouldBe(HttpStatusCode.OK);
            response.Headers.Contains("Strict-Transport-Security").ShouldBeFalse();
        }

        Directory.Delete(home, recursive: true);
    }

    /// <param name="method">Only those that take it; null for all.</param>
    private string[] Addresses(string? method) =>
    [
        .. portal.Portal.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.StartsWith("/v1", StringComparison.Ordinal))
            .Where(endpoint => method is null || (endpoint.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is null
                && endpoint.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods.Contains(method)))
            .Select(endpoint => endpoint.RoutePattern.RawText!).Distinct().Order(StringComparer.Ordinal),
    ];

    private static string Address(Random dice, string[] addresses)
    {
        var address = new StringBuilder(Pick(dice, addresses));
        foreach (var name in new[] { "account", "entry", "key", "webhook", "message", "replay", "draft", "ruleset", "version" })
        {
            address.Replace("{" + name + "}", Pick(dice, "lab", "1", "%00", "..%2f..", "%ff%fe", new string('a', 300), "%E2%80%AE", "-1", "99999999999999999999"));
        }

        return dice.Next(3) > 0 ? address.ToString() : address.Append(Pick(dice, "?limit=0", "?limit=1&limit=2", "?at=now", "?after=%00", "?x", "?kind=nothing", "?from=9999")).ToString();
    }

    private static byte[] Body(Random dice)
    {
        var body = Pick(dice, _bodies);
        var bytes = new List<byte>(Encoding.UTF8.GetBytes(body));
        for (var change = dice.Next(1, 4); change > 0; change--)
        {
            var at = dice.Next(bytes.Count);
            switch (dice.Next(6))
            {
                case 0:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 1:
                    bytes[at] = (byte)dice.Next(256);
                    break;
                case 2:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Pick(dice, _tokens)));
                    break;
                case 3:
                    bytes.RemoveRange(at, Math.Min(dice.Next(1, 20), bytes.Count - at));
                    break;
                case 4:
                    // A value in the place of another.
                    var colon = Encoding.UTF8.GetString([.. bytes]).IndexOf(':', StringComparison.Ordinal);
                    if (colon >= 0)
                    {
                        bytes.InsertRange(Math.Min(colon + 1, bytes.Count), Encoding.UTF8.GetBytes(Pick(dice, _tokens) + ","));
                    }

                    break;
                default:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(new string(Pick(dice, "[", "{", " ", "\"", "9").ToCharArray()[0], dice.Next(1, 200))));
                    break;
            }

            if (bytes.Count == 0)
            {
                break;
            }
        }

        return [.. bytes];
    }

    private static T Pick<T>(Random dice, params T[] choices) => choices[dice.Next(choices.Length)];

    private async Task<string> SendRawAsync(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, portal.Portal.Address.Port);
        var stream = client.GetStream();
        var reading = ReadAsync(stream, whole: false);
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
        }
        catch (IOException)
        {
            // The answer came before the end of the request.
        }

        return await reading;
    }

    /// <param name="whole">Up to the end of the connection; else up to the end of the headers.</param>
    private static async Task<string> ReadAsync(NetworkStream stream, bool whole)
    {
        var answer = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            while (await stream.ReadAsync(buffer) is var read and > 0)
            {
                answer.Append(Encoding.Latin1.GetString(buffer, 0, read));
                if (!whole && answer.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
                {
                    break;
                }
            }
        }
        catch (IOException)
        {
            // Reset after its answer.
        }

        return answer.ToString();
    }
}
