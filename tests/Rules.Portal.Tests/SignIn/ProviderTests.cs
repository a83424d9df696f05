using System.Net;
using Rules.Ledger.People;
using Rules.Portal.SignIn;
using Rules.Portal.Startup;
using Shouldly;
using Xunit;

namespace Rules.Portal.Tests.SignIn;

/// <summary>Sign-in through an OpenID Connect provider, from the button to the session.</summary>
public sealed class ProviderTests : IAsyncLifetime
{
    private readonly string _home = Directory.CreateTempSubdirectory("rules-oidc-").FullName;
    private LocalProvider _provider = null!;
    private PortalApplication _portal = null!;

    public async Task InitializeAsync()
    {
        _provider = await LocalProvider.StartAsync();
        _portal = await PortalApplication.StartAsync(
        [
            "--urls", "http://127.0.0.1:0", "--Rules:Home", _home, "--Rules:Sample", "off", "--environment", "Production", "--Rules:Oidc:Authority", _provider.Address.ToString(),
            "--Rules:Oidc:Name", "Company", "--Rules:Oidc:ClientId", LocalProvider.ClientId, "--Rules:Oidc:ClientSecret", LocalProvider.ClientSecret, "--Rules:Oidc:Claim", "upn",
        ]);
        (await _portal.Ledger.People.AddAsync("kim@example.com", PersonRoles.Viewer, "system", default)).Succeeded.ShouldBeTrue();
    }

    public async Task DisposeAsync()
    {
        await _portal.DisposeAsync();
        await _provider.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    [Fact]
    public async Task Whoever_the_directory_knows_is_signed_in_and_comes_back_to_their_page()
    {
        _provider.Upn = "kim@example.com";
        using var http = Browser();
        (await http.GetStringAsync("/sign-in?back=%2Fledger")).ShouldContain("Sign in with Company");
        var landing = await http.GetAsync("/sign-in/provider?back=%2Fledger");
        var html = await landing.Content.ReadAsStringAsync();
        landing.RequestMessage!.RequestUri!.AbsolutePath.ShouldBe("/sign-in/landing");
        html.ShouldContain("content=\"0;url=/ledger\"");
        (await http.GetStringAsync("/ledger")).ShouldContain("kim@example.com");
        (await _portal.Ledger.People.LogAsync(null, null, 10, default)).ShouldContain(static record => record.Action == PersonAction.SignedIn && record.Detail == "through Company");
    }

    [Theory]
    [InlineData("nobody@example.com")]
    [InlineData("revoked@example.com")]
    [InlineData("")]
    public async Task Whoever_the_directory_does_not_know_is_told_so_and_stays_outside(string upn)
    {
        if ((await _portal.Ledger.People.AddAsync("revoked@example.com", PersonRoles.Viewer, "system", default)).Person is { } person)
        {
            await _portal.Ledger.People.RevokeAsync(person.Id, person.RowVersion, "system", default);
        }

        _provider.Upn = upn;
        using var http = Browser();
        var landing = await http.GetAsync("/sign-in/provider");
        (landing.StatusCode, (await landing.Content.ReadAsStringAsync()).Contains("this service does not", StringComparison.Ordinal)).ShouldBe((HttpStatusCode.Forbidden, true));
        (await http.GetAsync("/ledger")).RequestMessage!.RequestUri!.AbsolutePath.ShouldBe("/sign-in");
    }

    [Fact]
    public async Task Answer_that_was_not_asked_for_signs_nobody_in()
    {
        _provider.Upn = "kim@example.com";
        using var http = Browser();
        var landing = await http.GetAsync(SignInProvider.CallbackPath + "?code=c-1&state=made-up");
        (landing.StatusCode, landing.RequestMessage!.RequestUri!.Query).ShouldBe((HttpStatusCode.Forbidden, "?fault=provider"));
        (await http.GetAsync("/")).RequestMessage!.RequestUri!.AbsolutePath.ShouldBe("/sign-in");
    }

    [Theory]
    [InlineData("--Rules:Oidc:Authority", "http://provider.example", "https://")]
    [InlineData("--Rules:Oidc:Authority", "https://provider.example", "Rules:Oidc:ClientId")]
    public async Task Half_a_provider_refuses_to_start(string setting, string value, string said)
    {
        var home = Directory.CreateTempSubdirectory("rules-oidc-").FullName;
        var refused = await Should.ThrowAsync<StartRefusedException>(() => PortalApplication.StartAsync(["--urls", "http://127.0.0.1:0", "--Rules:Home", home, "--Rules:Sample", "off", setting, value]));
        refused.Message.ShouldContain(said);
        Directory.Delete(home, recursive: true);
    }

    private HttpClient Browser() => new(new HttpClientHandler { CookieContainer = new CookieContainer() }) { BaseAddress = _portal.Address };
}
