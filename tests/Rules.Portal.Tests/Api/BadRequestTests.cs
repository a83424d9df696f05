using System.Net;
using System.Net.Sockets;
using System.Text;
using Shouldly;
using Xunit;

namespace Rules.Portal.Tests.Api;

[Collection(SharedPortal.Name)]
public sealed class BadRequestTests(RunningPortal portal)
{
    public static TheoryData<string, string> Bodies => new()
    {
        { "", "malformed_json" },
        { "{", "malformed_json" },
        { "{}{}", "malformed_json" },
        { "{\"account\":\"a\"", "malformed_json" },
        { "null", "wrong_type" },
        { "[]", "wrong_type" },
        { "\"a\"", "wrong_type" },
        { "{}", "member_missing" },
        { """{"account":"a","account":"b"}""", "duplicate_member" },
        { """{"account":"a","\u0061ccount":"b"}""", "duplicate_member" },
        { """{"account":"a","status":"paid"}""", "unknown_member" },
        { """{"account":"a","org_id":1,"created_at":"x"}""", "unknown_member" },
        { """{"account":"a","state":{}}""", "unknown_member" },
        { """{"account":5}""", "wrong_type" },
        { """{"account":"a\u0000"}""", "invalid_text" },
        { """{"account":"a b"}""", "invalid_id" },
        { """{"facts":{"x":true}}""", "wrong_type" },
        { """{"quantities":{"image":1e3}}""", "invalid_number" },
        { """{"quantities":{"image":1e400}}""", "invalid_number" },
        { """{"quantities":{"image":1e-40}}""", "invalid_number" },
        { """{"quantities":{"image":-0}}""", "invalid_number" },
        { """{"quantities":{"image":NaN}}""", "malformed_json" },
        { """{"quantities":{"image":"Infinity"}}""", "invalid_number" },
        { """{"quantities":{"image":1234567890123456789012345678901}}""", "invalid_number" },
        { """{"quantities":{"image":1,"image":2}}""", "duplicate_member" },
        { """{"at":"2026-05-01T10:00:00"}""", "invalid_instant" },
        { "{\"facts\":" + new string('[', 65), "wrong_type" },
        { "{\"facts\":{\"a\":" + new string('{', 70) + "}}", "wrong_type" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Body_that_cannot_be_read_is_400_with_its_code(string body, string code)
    {
        foreach (var path in new[] { "/v1/quotes", "/v1/charges" })
        {
            using var response = await portal.PostAsync(path, body, portal.New("key"));

            response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
            (await response.CodeAsync()).ShouldBe(code);
            var problem = await response.JsonAsync();
            problem.GetProperty("help").GetString().ShouldNotBeNullOrEmpty();
            problem.GetProperty("line").GetInt32().ShouldBeGreaterThan(0);
        }
    }

    [Theory]
    [InlineData("/v1/accounts", """{"account":"a","ruleset":"b","opened_at":"2026-01-01T00:00:00Z"}""", "unknown_member")]
    [InlineData("/v1/accounts", """{"ruleset":"b"}""", "member_missing")]
    [InlineData("/v1/grants", """{"account":"a","id":"g","bucket":"b","amount":1,"priority":"5"}""", "wrong_type")]
    [InlineData("/v1/grants", """{"account":"a","id":"g","bucket":"b","amount":1,"priority":1.0}""", "invalid_number")]
    [InlineData("/v1/grants", """{"account":"a","id":"g","bucket":"b","amount":1,"approved_by":"me"}""", "unknown_member")]
    public async Task Commands_are_read_as_strictly(string path, string body, string code)
    {
        using var response = await portal.PostAsync(path, body, portal.New("key"));

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.CodeAsync()).ShouldBe(code);
    }

    [Fact]
    public async Task Invalid_utf8_is_400()
    {
        using var response = await portal.PostAsync("/v1/quotes", [.. "{\"account\":\""u8, 0xFF, 0xFE, .. "\"}"u8]);

        (await response.CodeAsync()).ShouldBe("malformed_json");
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("application/jsonp")]
    [InlineData("multipart/form-data; boundary=x")]
    public async Task S4_Body_of_another_type_is_415(string type)
    {
        using var response = await portal.PostAsync("/v1/quotes", """{"account":"a","action":"b"}""", contentType: type);

        response.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        (await response.CodeAsync()).ShouldBe("content_type_unsupported");
        (await response.JsonAsync()).GetProperty("help").GetString()!.ShouldContain("Content-Type: application/json");
    }

    [Fact]
    public async Task Body_without_a_type_or_with_an_encoding_is_415()
    {
        using var none = await portal.Http.PostAsync(new Uri("/v1/quotes", UriKind.Relative), new ByteArrayContent("{}"u8.ToArray()));
        using var content = new ByteArrayContent("{}"u8.ToArray());
        content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        content.Headers.TryAddWithoutValidation("Content-Encoding", "gzip");
        using var encoded = await portal.Http.PostAsync(new Uri("/v1/quotes", UriKind.Relative), content);

        (await none.CodeAsync()).ShouldBe("content_type_unsupported");
        (await encoded.CodeAsync()).ShouldBe("content_type_unsupported");
    }

    [Fact]
    public async Task Body_above_256_KiB_is_413_with_and_without_its_length()
    {
        var body = Encoding.UTF8.GetBytes("{\"account\":\"" + new string('a', 300 * 1024) + "\"}");
        using var known = await portal.PostAsync("/v1/quotes", body);
        using var chunked = new HttpRequestMessage(HttpMethod.Post, "/v1/quotes") { Content = new StreamContent(new MemoryStream(body)) };
        chunked.Headers.TransferEncodingChunked = true;
        chunked.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        using var unknown = await portal.Http.SendAsync(chunked);

        known.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await known.CodeAsync()).ShouldBe("body_too_large");
        (await unknown.CodeAsync()).ShouldBe("body_too_large");
    }

    [Theory]
    [InlineData("/v1", "not_found")]
    [InlineData("/v1/", "not_found")]
    [InlineData("/v1/nothing", "not_found")]
    [InlineData("/V1/accounts/x/secrets", "not_found")]
    [InlineData("/v1/charges", "method_not_allowed")]
    public async Task Address_or_method_that_is_not_there_is_told_as_problem(string address, string code)
    {
        using var response = await portal.Http.GetAsync(new Uri(address, UriKind.Relative));

        (await response.CodeAsync()).ShouldBe(code);
    }

    [Fact]
    public async Task Every_method_but_the_documented_is_405_with_the_allowed_ones()
    {
        foreach (var method in new[] { HttpMethod.Put, HttpMethod.Delete, HttpMethod.Patch, HttpMethod.Get })
        {
            using var request = new HttpRequestMessage(method, "/v1/quotes");
            using var response = await portal.Http.SendAsync(request);

            response.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
            response.Content.Headers.Allow.ShouldBe(["POST"]);
            (await response.CodeAsync()).ShouldBe("method_not_allowed");
        }
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("127.0.0.1.evil.example:80")]
    [InlineData("localhost.evil.example")]
    [InlineData("169.254.169.254")]
    public async Task Other_host_names_are_refused_everywhere(string host)
    {
        foreach (var path in new[] { "/v1/problems", "/", "/health/live", "/metrics", "/docs/index.html" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Host = host } };
            using var response = await portal.Http.SendAsync(request);

            response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
            (await response.CodeAsync()).ShouldBe("host_not_allowed");
        }
    }

    [Fact]
    public async Task S4_Write_that_a_page_of_another_site_asks_for_is_403()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/quotes") { Headers = { { "Sec-Fetch-Site", "cross-site" } } };
        using var response = await portal.Http.SendAsync(request);

        (await response.CodeAsync()).ShouldBe("cross_site_refused");
    }

    [Fact]
    public async Task Every_answer_carries_the_headers()
    {
        var account = await portal.OpenBiodockAsync();
        var responses = new[]
        {
            await portal.Http.GetAsync(new Uri($"/v1/accounts/{account}", UriKind.Relative)),
            await portal.Http.GetAsync(new Uri("/v1/accounts/nobody", UriKind.Relative)),
            await portal.PostAsync("/v1/quotes", "{"),
            await portal.Http.GetAsync(new Uri("/v1/nothing", UriKind.Relative)),
            await portal.Http.GetAsync(new Uri("/v1/quotes", UriKind.Relative)),
        };
        foreach (var response in responses)
        {
            using (response)
            {
                response.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
                response.Headers.GetValues("Content-Security-Policy").ShouldBe(["default-src 'none'; frame-ancestors 'none'"]);
                response.Headers.CacheControl!.NoStore.ShouldBeTrue();
                response.Headers.Contains("Referrer-Policy").ShouldBeTrue();
                response.Headers.Contains("Server").ShouldBeFalse();
                response.Headers.Contains("Set-Cookie").ShouldBeFalse();
            }
        }
    }

    [Theory]
    [InlineData("POST /v1/quotes HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n{}\r\n0\r\n\r\n")]
    [InlineData("POST /v1/quotes HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("POST /v1/quotes HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}")]
    [InlineData("GET /v1/%00 HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("GET /v1/\u0001 HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("GET /v1/accounts/a%ZZb HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")]
    [InlineData("GET /v1/problems HTTP/1.1\r\n\r\n")]
    [InlineData("BREW /v1/problems HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")]
    [InlineData("GET /v1/problems HTTP/1.1\r\nHost: localhost\r\nIdempotency-Key: a\r\n b\r\n\r\n")]
    [InlineData("POST /v1/charges HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nIdempotency-Key: \u00E4\r\nContent-Length: 2\r\n\r\n{}")]
    [InlineData("nonsense\r\n\r\n")]
    public async Task Broken_http_is_refused_with_a_4xx(string request)
    {
        var answer = await SendRawAsync(Encoding.Latin1.GetBytes(request));

        answer.ShouldStartWith("HTTP/1.1 4");
    }

    [Theory]
    [InlineData(10_000, 8)]
    [InlineData(50, 2_000)]
    public async Task Too_many_or_too_large_headers_are_refused_with_431(int count, int length)
    {
        var request = new StringBuilder("GET /v1/problems HTTP/1.1\r\nHost: localhost\r\n");
        for (var header = 0; header < count; header++)
        {
            request.Append(System.Globalization.CultureInfo.InvariantCulture, $"X-H{header}: ").Append('v', length).Append("\r\n");
        }

        (await SendRawAsync(Encoding.Latin1.GetBytes(request.Append("\r\n").ToString()))).ShouldStartWith("HTTP/1.1 431");
    }

    [Fact]
    public async Task Address_of_a_megabyte_is_refused() =>
        (await SendRawAsync(Encoding.Latin1.GetBytes("GET /v1/accounts/" + new string('a', 1 << 20) + " HTTP/1.1\r\nHost: localhost\r\n\r\n"))).ShouldStartWith("HTTP/1.1 414");

    [Fact]
    public async Task Seeded_mutations_of_bodies_and_addresses_never_make_a_5xx()
    {
        var account = await portal.OpenBookbagAsync("Pro");
        string[] samples =
        [
            $$$"""{"account":"{{{account}}}","action":"reply","facts":{"model":"GPT-4o"},"record":{"agent":"a","conversation":"c"}}""",
            $$$"""{"account":"{{{account}}}","at":"2026-11-20T10:00:00Z","action":"reply","quantities":{"image":"6000"},"facts":{"model":"GPT-4o mini"},"keys":{"run":"1"}}""",
            $$"""{"account":"{{account}}","id":"g","bucket":"allotment","amount":"12","priority":3,"expires":"2027-01-01T00:00:00Z"}""",
            """{"account":"x","ruleset":"bookbag","plan":"Free","facts":{"keys":"own"},"terms":{"enterprise-allotment":"5"}}""",
        ];
        string[] paths = ["/v1/quotes", "/v1/charges", "/v1/grants", "/v1/accounts"];
        string[] pieces = ["\"", "{", "}", "[", "]", ",", ":", "null", "true", "-", "1e9", "\\u0000", "\\ud800", "😀", "é", "999999999999999999999", "\0", " "];
        var random = new Random(20261121);
        for (var round = 0; round < 4_000; round++)
        {
            var body = new StringBuilder(samples[random.Next(samples.Length)]);
            for (var change = random.Next(4); change > 0; change--)
            {
                var at = random.Next(body.Length);
                switch (random.Next(3))
                {
                    case 0:
                        body.Insert(at, pieces[random.Next(pieces.Length)]);
                        break;
                    case 1:
                        body.Remove(at, Math.Min(random.Next(1, 12), body.Length - at));
                        break;
                    default:
                        body[at] = (char)random.Next(32, 127);
                        break;
                }
            }

            using var response = await portal.PostAsync(paths[random.Next(paths.Length)], body.ToString(), $"fuzz-{round % 50}");

            ((int)response.StatusCode).ShouldBeLessThan(500, body.ToString());
            if (!response.IsSuccessStatusCode)
            {
                await response.CodeAsync();
            }
        }
    }

    private async Task<string> SendRawAsync(byte[] request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(portal.Portal.Address.Host, portal.Portal.Address.Port);
        var stream = socket.GetStream();
        try
        {
            await stream.WriteAsync(request);
        }
        catch (IOException)
        {
            // The service may close before it has read everything; what it said is still there.
        }

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var answer = new byte[4096];
        var length = await stream.ReadAsync(answer, patience.Token);
        return Encoding.Latin1.GetString(answer, 0, length);
    }
}
