using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Hosting;
using Rules.Portal.Web;
using Shouldly;
using Xunit;

namespace Rules.Portal.Tests.Web;

public sealed class PortalHeadersTests
{
    [Fact]
    public async Task Policy_allows_this_origin_and_the_nonce_of_the_request_alone()
    {
        using var host = await StartAsync(context => context.Response.WriteAsync(ContentSecurityPolicy.Nonce(context)));
        var answer = await host.GetTestClient().GetAsync("/");
        var nonce = await answer.Content.ReadAsStringAsync();
        answer.Headers.GetValues("Content-Security-Policy").Single().ShouldBe(
            $"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; img-src 'self'; font-src 'self'; "
            + "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'");
        nonce.ShouldMatch("^[A-Za-z0-9_-]{22}$");
    }

    [Fact]
    public async Task Every_request_has_a_nonce_of_its_own()
    {
        using var host = await StartAsync(context => context.Response.WriteAsync(ContentSecurityPolicy.Nonce(context)));
        var client = host.GetTestClient();
        (await client.GetStringAsync("/")).ShouldNotBe(await client.GetStringAsync("/"));
    }

    [Theory]
    [InlineData(200)]
    [InlineData(404)]
    [InlineData(500)]
    public async Task Every_answer_carries_the_headers_whatever_its_status(int status)
    {
        using var host = await StartAsync(context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        var answer = await host.GetTestClient().GetAsync("/x");
        answer.Headers.GetValues("X-Content-Type-Options").Single().ShouldBe("nosniff");
        answer.Headers.GetValues("Referrer-Policy").Single().ShouldBe("same-origin");
        answer.Headers.GetValues("Cross-Origin-Opener-Policy").Single().ShouldBe("same-origin");
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        answer.Headers.Contains("Content-Security-Policy").ShouldBeTrue();
    }

    [Fact]
    public async Task Policy_that_an_endpoint_names_itself_stays()
    {
        using var host = await StartAsync(context =>
        {
            context.Response.Headers.ContentSecurityPolicy = "default-src 'self'";
            return Task.CompletedTask;
        });
        (await host.GetTestClient().GetAsync("/")).Headers.GetValues("Content-Security-Policy").Single().ShouldBe("default-src 'self'");
    }

    [Fact]
    public async Task Transport_security_is_asked_for_a_year_over_TLS_only()
    {
        using var host = await StartAsync(_ => Task.CompletedTask);
        var client = host.GetTestClient();
        (await client.GetAsync("http://rules.example/")).Headers.Contains("Strict-Transport-Security").ShouldBeFalse();
        (await client.GetAsync("https://rules.example/")).Headers.GetValues("Strict-Transport-Security").Single().ShouldStartWith("max-age=31536000");
    }

    [Fact]
    public async Task Fonts_are_kept_for_good()
    {
        using var host = await StartAsync(_ => Task.CompletedTask);
        (await host.GetTestClient().GetAsync("/fonts/inter.woff2")).Headers.CacheControl!.ToString().ShouldContain("immutable");
    }

    private static Task<IHost> StartAsync(RequestDelegate endpoint) => new HostBuilder()
        .ConfigureWebHost(web => web.UseTestServer().Configure(app =>
        {
            app.UsePortalHeaders();
            app.Run(endpoint);
        }))
        .StartAsync();
}
