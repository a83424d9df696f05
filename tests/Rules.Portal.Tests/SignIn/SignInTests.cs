using System.Net;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Rules.Ledger.People;
using Rules.Portal.SignIn;
using Rules.Portal.Tests.Api;
using Rules.Portal.Tests.Drafts;
using Shouldly;
using Xunit;

namespace Rules.Portal.Tests.SignIn;

/// <summary>S2, S4, S8 and S11 as they concern the pages.</summary>
[Collection(SharedPortal.Name)]
public sealed class SignInTests(RunningPortal portal)
{
    private const string Password = "a horse and a battery";

    // What says nothing of anyone's data, or is guarded by keys of its own.
    private static readonly string[] _open =
        ["sign-in", "sign-in/landing", "sign-in/link/{secret}", "error/{code:int:range(400,599)}", "/health/live", "/health/ready", "/metrics", "/openapi/{documentName}.json"];

    private PeopleDirectory People => portal.Portal.Ledger.People;

    [Fact]
    public void S2_Only_what_is_listed_is_open_to_somebody_who_is_not_signed_in()
    {
        var open = portal.Portal.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
            .Select(endpoint => endpoint.RoutePattern.RawText!)
            .Where(pattern => !pattern.StartsWith("/v1", StringComparison.Ordinal) && !IsFile(pattern)).Distinct();
        open.ShouldBe(_open, ignoreOrder: true);
    }

    [Fact]
    public async Task S2_Every_page_leads_a_stranger_to_the_sign_in()
    {
        using var stranger = Visitor.Stranger(portal);
        foreach (var pattern in Pages())
        {
            using var answer = await stranger.GetAsync(Address(pattern));
            answer.StatusCode.ShouldBe(HttpStatusCode.Redirect, pattern);
            answer.Headers.Location!.ToString().ShouldStartWith(pattern.Length == 0 ? "/sign-in" : "/sign-in?back=", Case.Sensitive, pattern);
            using var posted = await stranger.PostAsync(Address(pattern), []);
            posted.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, pattern);
        }
    }

    [Fact]
    public async Task S4_Every_page_refuses_a_form_without_its_token_or_with_that_of_another()
    {
        using var admin = await Visitor.SignedInAsync(portal, portal.New("admin"), PersonRoles.Admin);
        using var other = await Visitor.SignedInAsync(portal, portal.New("admin"), PersonRoles.Admin);
        var token = SignInForm.Token(await other.ReadAsync("/you"));
        // What a stranger may send in another's name: which colours a page has.
        foreach (var pattern in Pages().Where(static pattern => pattern != "appearance"))
        {
            foreach (var fields in new KeyValuePair<string, string>[][] { [], [new("__RequestVerificationToken", token)], [new("__RequestVerificationToken", "forged")] })
            {
                using var answer = await admin.PostAsync(Address(pattern), fields);
                answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, pattern);
            }
        }
    }

    [Theory]
    [InlineData(PersonRoles.Viewer, false)]
    [InlineData(PersonRoles.Editor, false)]
    [InlineData(PersonRoles.Approver, false)]
    [InlineData(PersonRoles.Operator, false)]
    [InlineData(PersonRoles.Emergency, false)]
    [InlineData(PersonRoles.Admin, true)]
    public async Task S2_Settings_are_an_admins_and_everything_else_is_read_by_every_role(PersonRoles role, bool settings)
    {
        using var visitor = await Visitor.SignedInAsync(portal, portal.New("visitor"), role);
        foreach (var pattern in Pages())
        {
            using var answer = await visitor.GetAsync(Address(pattern));
            if (pattern.StartsWith("settings", StringComparison.Ordinal))
            {
                // Of something that has to be there an admin is told that it is not.
                var expected = settings ? pattern.Contains('{', StringComparison.Ordinal) ? HttpStatusCode.NotFound : HttpStatusCode.OK : HttpStatusCode.Forbidden;
                answer.StatusCode.ShouldBe(expected, pattern);
                (await answer.Content.ReadAsStringAsync()).Contains("It needs the role admin.", StringComparison.Ordinal).ShouldBe(!settings);
            }
            else
            {
                answer.StatusCode.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.NotFound);
            }
        }
    }

    [Fact]
    public async Task Link_signs_in_once_and_looking_at_it_does_not_use_it_up()
    {
        var link = await portal.LinkAsync(portal.New("linked"), PersonRoles.Viewer);
        using var first = Visitor.Stranger(portal);
        using var second = Visitor.Stranger(portal);
        await first.ReadAsync(link);
        (await first.SendAsync(link, "")).Location.ShouldBe("/");
        (await first.ReadAsync("/you")).ShouldContain("viewer");
        using var again = await second.GetAsync(link);
        again.StatusCode.ShouldBe(HttpStatusCode.Gone);
        again.Headers.CacheControl!.NoStore.ShouldBeTrue();
    }

    [Fact]
    public async Task S4_Cookie_is_out_of_reach_of_scripts_and_other_sites()
    {
        using var visitor = Visitor.Stranger(portal);
        var link = await portal.LinkAsync(portal.New("linked"), PersonRoles.Viewer);
        var token = SignInForm.Token(await visitor.ReadAsync(link));
        using var answer = await visitor.PostAsync(link, [new("__RequestVerificationToken", token)]);
        var cookie = answer.Headers.GetValues("Set-Cookie").Single(value => value.StartsWith(Session.CookieName + "=", StringComparison.Ordinal));
        cookie.ShouldContain("; httponly", Case.Insensitive);
        cookie.ShouldContain("; samesite=strict", Case.Insensitive);
        cookie.ShouldNotContain("expires", Case.Insensitive);
    }

    [Fact]
    public async Task Password_signs_in_after_it_was_set()
    {
        var name = portal.New("worker");
        using var worker = await Visitor.SignedInAsync(portal, name, PersonRoles.Viewer);
        (await worker.SendAsync("/you", "password", ("password", "short"))).Html.ShouldContain("at least 12");
        (await worker.SendAsync("/you", "password", ("password", Password))).Location.ShouldBe("/you?set=true");
        (await worker.ReadAsync("/you")).ShouldContain("Change the password");
        (await worker.SendAsync("/you", "password", ("present", "another password"), ("password", Password + "!"))).Html.ShouldContain("The present password is another one.");

        using var elsewhere = Visitor.Stranger(portal);
        (await elsewhere.SendAsync("/sign-in", "", ("name", name.ToUpperInvariant()), ("password", Password), ("back", "/ledger?kind=charge"))).Location.ShouldBe("/ledger?kind=charge");
        (await elsewhere.ReadAsync("/you")).ShouldContain(name);
        (await People.FindByNameAsync(name, default))!.PasswordHash!.ShouldNotContain(Password);
    }

    [Theory]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("https://evil.example")]
    [InlineData("javascript:alert(1)")]
    public async Task S8_Sign_in_returns_to_this_site_only(string back)
    {
        var name = await WorkerAsync();
        using var visitor = Visitor.Stranger(portal);
        (await visitor.SendAsync("/sign-in", "", ("name", name), ("password", Password), ("back", back))).Location.ShouldBe("/");
    }

    [Fact]
    public async Task S11_Guessing_is_slowed_and_then_no_password_counts()
    {
        var name = await WorkerAsync();
        using var guesser = Visitor.Stranger(portal);
        for (var guess = 0; guess < SignInRates.OfName; guess++)
        {
            (await guesser.SendAsync("/sign-in", "", ("name", name), ("password", $"wrong password {guess}"))).Status.ShouldBe(422);
        }

        (await guesser.SendAsync("/sign-in", "", ("name", name), ("password", Password))).Status.ShouldBe(429);
        var held = (await People.FindByNameAsync(name, default))!;
        held.LockedUntil.ShouldNotBeNull();
        (await People.LogAsync(held.Id, null, 1, default)).Single().Action.ShouldBe(PersonAction.LockedOut);
    }

    [Fact]
    public async Task S11_Name_that_nobody_has_is_answered_like_a_wrong_password()
    {
        var name = await WorkerAsync();
        using var guesser = Visitor.Stranger(portal);
        var wrong = await guesser.SendAsync("/sign-in", "", ("name", name), ("password", "wrong password"));
        var unknown = await guesser.SendAsync("/sign-in", "", ("name", portal.New("nobody")), ("password", "wrong password"));
        (unknown.Status, Fault(unknown.Html)).ShouldBe((wrong.Status, Fault(wrong.Html)));
    }

    [Fact]
    public async Task S11_Copied_cookie_is_worth_nothing_after_the_sign_out()
    {
        using var visitor = await Visitor.SignedInAsync(portal, portal.New("leaver"), PersonRoles.Viewer);
        var copy = visitor.Cookies.GetCookies(portal.Portal.Address)[Session.CookieName]!.Value;
        (await visitor.SendAsync("/you", "signout")).Location.ShouldBe("/sign-in");
        using var thief = Visitor.Stranger(portal);
        thief.Cookies.Add(portal.Portal.Address, new Cookie(Session.CookieName, copy));
        (await IsSignedInAsync(thief)).ShouldBeFalse();
    }

    [Fact]
    public async Task S11_Revoked_person_is_out_within_seconds_whoever_revoked_them()
    {
        var name = portal.New("leaver");
        using var visitor = await Visitor.SignedInAsync(portal, name, PersonRoles.Viewer);
        (await IsSignedInAsync(visitor)).ShouldBeTrue();
        var person = (await People.FindByNameAsync(name, default))!;
        // By another node: this one is not told.
        (await People.RevokeAsync(person.Id, person.RowVersion, "other", default)).Succeeded.ShouldBeTrue();
        await Task.Delay(TimeSpan.FromSeconds(2.1), TimeProvider.System);
        (await IsSignedInAsync(visitor)).ShouldBeFalse();
    }

    [Fact]
    public async Task Admin_adds_somebody_changes_their_roles_and_shuts_them_out()
    {
        using var admin = await Visitor.SignedInAsync(portal, "Root", PersonRoles.Admin);
        var name = portal.New("joiner");
        var added = await admin.SendAsync("/settings/people", "add", ("name", name), ("roles", "1"), ("roles", "2"));
        var link = added.Html.Substring(added.Html.IndexOf("/sign-in/link/", StringComparison.Ordinal), "/sign-in/link/".Length + 64);
        using var joiner = Visitor.Stranger(portal);
        (await joiner.SendAsync(link, "")).Location.ShouldBe("/");
        (await joiner.ReadAsync("/you")).ShouldContain("viewer, editor");

        var person = (await People.FindByNameAsync(name, default))!;
        (string, string)[] row = [("id", person.Id), ("rowVersion", person.RowVersion.ToString(System.Globalization.CultureInfo.InvariantCulture))];
        (await admin.SendAsync("/settings/people", "roles", [.. row, ("roles", "4")])).Status.ShouldBe(302);
        (await IsSignedInAsync(joiner)).ShouldBeFalse("other roles, another session");
        (await admin.SendAsync("/settings/people", "roles", [.. row, ("roles", "1")])).Html.ShouldContain("person_changed");
        (await People.FindByNameAsync(name, default))!.Roles.ShouldBe(PersonRoles.Approver);
        (await admin.SendAsync("/settings/people", "add", ("name", name), ("roles", "1"))).Html.ShouldContain("person_exists");
        (await admin.SendAsync("/settings/people", "add", ("name", portal.New("joiner")))).Html.ShouldContain("person_roles");
    }

    [Fact]
    public async Task Audit_log_tells_in_words_who_did_what_and_is_exported_whole()
    {
        using var admin = await Visitor.SignedInAsync(portal, "Root", PersonRoles.Admin);
        var name = "=" + portal.New("cmd|calc");
        using var worker = await Visitor.SignedInAsync(portal, name, PersonRoles.Viewer);
        var person = (await People.FindByNameAsync(name, default))!;
        for (var i = 0; i < 60; i++)
        {
            await People.IssueLinkAsync(person.Id, "Root", default);
        }

        var filter = $"/settings/audit?of=people&person={person.Id}";
        var page = WebUtility.HtmlDecode(await admin.ReadAsync(filter));
        page.ShouldContain($"<b>Root</b> made a sign-in link for {name}.");
        page.ShouldNotContain("signed in by link");
        var next = page[page.IndexOf("/settings/audit?of=people&person=", page.IndexOf("pane-foot", StringComparison.Ordinal), StringComparison.Ordinal)..].Split('"')[0];
        WebUtility.HtmlDecode(await admin.ReadAsync(next)).ShouldContain($"<b>{name}</b> signed in by link.");

        var csv = (await admin.ReadAsync(filter + "&handler=csv")).Split("\r\n");
        csv.Length.ShouldBe(1 + 63 + 1);
        csv[^2].ShouldContain($",system,added {name} as viewer,'{name},{person.Id},viewer");
        (await admin.ReadAsync("/settings/audit")).ShouldContain("Export as CSV");
    }

    [Fact]
    public async Task S5_Name_is_shown_as_text()
    {
        const string Name = "<script>alert(1)</script>";
        using var admin = await Visitor.SignedInAsync(portal, Name, PersonRoles.Admin);
        foreach (var address in new[] { "/", "/you", "/settings/people" })
        {
            var page = await admin.ReadAsync(address);
            page.ShouldNotContain(Name);
            page.ShouldContain("&lt;script&gt;alert(1)", Case.Sensitive, address);
        }
    }

    private static string Fault(string html) => html[html.IndexOf("id=\"fault\"", StringComparison.Ordinal)..].Split("</div>")[0];

    private static async Task<bool> IsSignedInAsync(Visitor visitor)
    {
        using var answer = await visitor.GetAsync("/you");
        return answer.StatusCode == HttpStatusCode.OK;
    }

    private static string Address(string pattern) =>
        "/" + System.Text.RegularExpressions.Regex.Replace(pattern.Replace(":length(16)}", "}0000000000000000", StringComparison.Ordinal), @"\{[^}]+\}0?", "1", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1));

    private static bool IsFile(string pattern) => pattern.Contains('.', StringComparison.Ordinal) && !pattern.Contains('{', StringComparison.Ordinal) || pattern.StartsWith("{**", StringComparison.Ordinal);

    private IEnumerable<string> Pages() => portal.Portal.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
        .Where(endpoint => endpoint.Metadata.GetMetadata<Microsoft.AspNetCore.Mvc.RazorPages.PageActionDescriptor>() is not null && endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null)
        .Select(endpoint => endpoint.RoutePattern.RawText!).Distinct();

    private async Task<string> WorkerAsync()
    {
        var name = portal.New("worker");
        using var worker = await Visitor.SignedInAsync(portal, name, PersonRoles.Viewer);
        (await worker.SendAsync("/you", "password", ("password", Password))).Status.ShouldBe(302);
        return name;
    }
}
