using System.Net;
using Rules.Client;
using Rules.Ledger.Drafts;
using Rules.Ledger.People;
using Rules.Portal.Tests.Api;
using Shouldly;
using Xunit;

namespace Rules.Portal.Tests.Drafts;

[Collection(SharedPortal.Name)]
public sealed class DraftPageTests(RunningPortal portal) : TwoAuthors(portal)
{
    [Fact]
    public async Task Price_goes_from_draft_over_review_to_the_next_charge()
    {
        var (ruleset, address) = await BeginAsync();
        var account = Portal.New("stall");
        (await Portal.Client.OpenAccountAsync(new NewAccount { Account = account, Ruleset = ruleset }, Portal.New("open"))).EnsureGranted();
        (await ChargeAsync(account)).ShouldBe(1);

        var saved = await Kim.SendAsync(address, "save", ("Text", Dearer(ruleset)));
        (saved.Status, saved.Location).ShouldBe((302, address));
        (await Kim.ReadAsync(address)).ShouldContain("scan costs 100.0", Case.Sensitive, "the change in words");
        var review = (await Kim.SendAsync(address, "review", ("Text", Dearer(ruleset)))).Location!;
        review.ShouldStartWith("/reviews/");
        (await ChargeAsync(account)).ShouldBe(1, "a draft charges nobody");

        (await Kim.SendAsync(review, "approve", ("seen", Seen(await Kim.ReadAsync(review))))).Status.ShouldBe(403);
        (await Lee.SendAsync(review, "publish")).Status.ShouldBe(409);
        (await Lee.SendAsync(review, "approve", ("seen", Seen(await Lee.ReadAsync(review))))).Status.ShouldBe(302);
        (await Lee.SendAsync(review, "publish")).Status.ShouldBe(422, "the price doubles, which a guard rail does not let through unasked");
        (await Lee.SendAsync(review, "publish", ("confirmed", $"{ruleset} v2"))).Status.ShouldBe(302);

        (await ChargeAsync(account)).ShouldBe(2);
        var page = WebUtility.HtmlDecode(await Lee.ReadAsync($"/rulesets/{ruleset}"));
        page.ShouldContain("v2 in force");
        page.ShouldContain("<b>Lee</b> published <a href=\"" + review + "\">" + ruleset + " v2</a>.");
        page.ShouldNotContain("based on");
    }

    [Fact]
    public async Task Replay_of_a_draft_is_kept_with_its_causes_and_called_stale_once_a_version_is_published()
    {
        var (ruleset, address) = await BeginAsync();
        var account = Portal.New("stall");
        (await Portal.Client.OpenAccountAsync(new NewAccount { Account = account, Ruleset = ruleset }, Portal.New("open"))).EnsureGranted();
        for (var i = 0; i < 3; i++)
        {
            await ChargeAsync(account);
        }

        await Kim.SendAsync(address, "save", ("Text", Dearer(ruleset)));
        (await Kim.SendAsync("/replays", "", ("Draft", "nothing"), ("Days", "30"))).Status.ShouldBe(422);
        (await Kim.SendAsync("/replays", "", ("Draft", address[^16..]), ("Days", "31"))).Status.ShouldBe(422);
        var replay = (await Kim.SendAsync("/replays", "", ("Draft", address[^16..]), ("Days", "30"))).Location!;
        var html = await Kim.ReadAsync(replay);
        for (var look = 0; look < 600 && html.Contains("data-events", StringComparison.Ordinal); look++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            html = await Kim.ReadAsync(replay);
        }

        html = WebUtility.HtmlDecode(html);
        html.ShouldContain("3 events of 1 account<");
        html.ShouldContain("draft 2");
        html.ShouldContain($"<a href=\"{replay}/accounts/{account}\">{account}</a>");
        html.ShouldContain($"<code>{ruleset}.rules ");
        html.ShouldNotContain("a version was published since");
        var row = await RowOfAsync(replay);
        row.ShouldContain("<td class=\"number\">3</td>");
        row.ShouldContain("<td>Kim</td>");
        row.ShouldNotContain("stale");
        (await Kim.GetAsync(replay + "?handler=json")).Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        (await Kim.ReadAsync(replay + "?handler=events")).ShouldContain("event: end\ndata: {\"state\":\"done\"}");
        (await Kim.ReadAsync(replay + "?handler=csv&show=dearer")).ShouldContain($"{account},,3,3,6,3,,,,0");
        (await Kim.ReadAsync(replay + "?show=dearer&least=101")).ShouldContain("No account fits the filter.");
        (await Kim.ReadAsync(replay + "?least=many")).ShouldContain("Write a number of per cent, such as 5.");
        (await Kim.ReadAsync($"{replay}/accounts/{account}")).ShouldContain("priced again now, under the texts of the replay");
        (await Kim.GetAsync($"{replay}/accounts/nobody")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await Kim.SendAsync(address, "save", ("Text", Dearer(ruleset) + "\n"), ("RowVersion", "2"));
        WebUtility.HtmlDecode(await Kim.ReadAsync($"{replay}/accounts/{account}")).ShouldContain("The text of “draft 2” was changed after this replay and is not kept.");

        (await Portal.Portal.Ledger.Rulesets.PublishAsync("draft.rules", Dearer(ruleset), "kim", default)).Version.ShouldNotBeNull();
        WebUtility.HtmlDecode(await Kim.ReadAsync(replay)).ShouldContain("a version was published since");
        (await RowOfAsync(replay)).ShouldContain(">stale</span>");
    }

    // Of the list of replays.
    private async Task<string> RowOfAsync(string replay)
    {
        var html = WebUtility.HtmlDecode(await Kim.ReadAsync("/replays"));
        var start = html.IndexOf(replay, StringComparison.Ordinal);
        start.ShouldBeGreaterThan(0);
        return html[start..html.IndexOf("</tr>", start, StringComparison.Ordinal)];
    }

    [Fact]
    public async Task Preview_prices_what_was_really_used_and_the_review_is_bound_to_it()
    {
        var (ruleset, address) = await BeginAsync();
        var account = Portal.New("stall");
        (await Portal.Client.OpenAccountAsync(new NewAccount { Account = account, Ruleset = ruleset }, Portal.New("open"))).EnsureGranted();
        (await Kim.ReadAsync((await BeginAsync()).Address)).ShouldContain("there is nothing to price again");
        for (var i = 0; i < 3; i++)
        {
            await ChargeAsync(account);
        }

        var html = (await Kim.SendAsync(address, "check", ("Text", Dearer(ruleset)))).Html;
        html.ShouldContain("Draft: 6 credits, +100.0\u202f%, 0 of 1 accounts run out sooner.");
        html.ShouldContain($"<a href=\"/accounts/{account}\">{account}</a>");
        html.ShouldContain("<polyline class=\"is\" points=\"");
        var review = (await Kim.SendAsync(address, "review", ("Text", Dearer(ruleset)))).Location!;
        (await Portal.Portal.Ledger.Drafts.FindAsync(review[^16..], default))!.ReplaySha256.Length.ShouldBe(32);
        WebUtility.HtmlDecode(await Lee.ReadAsync(review)).ShouldContain("+100.0\u202f%");

        (await Kim.SendAsync(address, "check", ("Text", "language 1\nnonsense\n"))).Html.ShouldNotContain("Under the draft", Case.Sensitive, "never figures of a half-understood text");
    }

    [Fact]
    public async Task Approval_of_what_was_not_shown_is_refused()
    {
        var (ruleset, address) = await BeginAsync();
        var review = (await Kim.SendAsync(address, "review", ("Text", Dearer(ruleset)))).Location!;
        var seen = Seen(await Lee.ReadAsync(review));
        (await Lee.SendAsync(review, "approve", ("seen", (seen[0] == '0' ? "1" : "0") + seen[1..]))).Html.ShouldContain("approval_stale");
        await Kim.SendAsync(review, "withdraw");
        var again = await Lee.SendAsync(review, "approve", ("seen", seen));
        (again.Status, again.Html.Contains("draft_state", StringComparison.Ordinal)).ShouldBe((409, true));
    }

    [Fact]
    public async Task Check_shows_problems_with_their_fixes_and_keeps_nothing()
    {
        var (ruleset, address) = await BeginAsync();
        var wrong = Dearer(ruleset).Replace("price scan", "price scam", StringComparison.Ordinal);
        var check = await Kim.SendAsync(address, "check", ("Text", wrong.ReplaceLineEndings("\r\n")));
        check.Status.ShouldBe(200);
        check.Editor.ShouldBe(wrong);
        check.Html.ShouldContain("Unsaved changes");
        check.Html.ShouldContain("No action called \"scam\" is declared.");
        check.Html.ShouldContain("href=\"#L6\"");
        var fixedText = await Kim.SendAsync(address, "fix&fix=0", ("Text", wrong));
        fixedText.Editor.ShouldBe(Dearer(ruleset));
        WebUtility.HtmlDecode(await Kim.ReadAsync(address)).ShouldNotContain("scam");
    }

    [Fact]
    public async Task Examples_of_a_changed_price_can_be_told_to_expect_what_the_rules_give()
    {
        var (ruleset, address) = await BeginAsync();
        var old = Dearer(ruleset) + "example \"a scan\"\n  do scan\n  expect 1 credit\nexample \"scans\"\n  do 100 times scan\n  expect 100 credits\n";
        var check = await Kim.SendAsync(address, "check", ("Text", old), ("Tab", "tests"));
        check.Html.ShouldContain("Expect what the rules give, in 2 places");
        check.Html.ShouldContain(">Expect 2</button>");
        check.Html.ShouldContain("more steps, which <code>rules test</code> prints");

        var mended = await Kim.SendAsync(address, "expect", ("Text", old));
        mended.Editor.ShouldContain("expect 2 credits\n");
        mended.Editor.ShouldContain("expect 200 credits\n");
        mended.Html.ShouldContain("Unsaved changes");
        (await Kim.SendAsync(address, "save", ("Text", mended.Editor))).Status.ShouldBe(302);
        (await Kim.ReadAsync(address)).ShouldNotContain("PR0802");
    }

    [Fact]
    public async Task Review_that_was_refused_can_be_asked_for_again_from_the_same_page()
    {
        var (ruleset, address) = await BeginAsync();
        var refused = await Kim.SendAsync(address, "review", ("Text", Dearer(ruleset) + "example \"a scan\"\n  do scan\n  expect 1 credit\n"));
        refused.Status.ShouldBe(422);
        refused.Html.ShouldContain("Saved, revision 2");
        refused.Html.ShouldContain("name=\"RowVersion\" value=\"2\"", Case.Sensitive, "it was saved before it was refused");

        var asked = await Kim.SendAsync(address, "review", ("Text", Dearer(ruleset) + "example \"a scan\"\n  do scan\n  expect 2 credits\n"), ("RowVersion", "2"));
        asked.Location.ShouldNotBeNull().ShouldStartWith("/reviews/");
    }

    [Fact]
    public async Task Format_lays_the_text_out()
    {
        var (ruleset, address) = await BeginAsync();
        var formatted = await Kim.SendAsync(address, "format", ("Text", Dearer(ruleset).Replace("  each 2 credits", "      each   2   credits", StringComparison.Ordinal)));
        formatted.Editor.ShouldBe(Dearer(ruleset));
    }

    [Fact]
    public async Task Save_over_somebody_elses_brings_both_together()
    {
        var (ruleset, address) = await BeginAsync();
        var loaded = First(ruleset, 2);
        (await Lee.SendAsync(address, "save", ("Text", loaded.Replace("price copy\n  each 1 credit", "price copy\n  each 7 credits", StringComparison.Ordinal)))).Status.ShouldBe(302);

        var merged = await Kim.SendAsync(address, "save", ("Text", Dearer(ruleset)), ("Loaded", loaded), ("RowVersion", "1"));
        merged.Status.ShouldBe(409);
        merged.Html.ShouldContain("draft_changed");
        merged.Editor.ShouldContain("price scan\n  each 2 credits\nprice copy\n  each 7 credits");
        merged.Raw.ShouldContain("name=\"RowVersion\" value=\"2\"");

        var both = await Kim.SendAsync(address, "save", ("Text", loaded.Replace("price copy\n  each 1 credit", "price copy\n  each 8 credits", StringComparison.Ordinal)), ("Loaded", loaded), ("RowVersion", "1"));
        both.Html.ShouldContain("one place was changed by both");
        both.Editor.ShouldContain("<<<<<<< yours\n  each 8 credits\n=======\n  each 7 credits\n>>>>>>> the other text");
    }

    [Fact]
    public async Task Conflicting_schedules_are_told_when_scheduling()
    {
        var (ruleset, first) = await BeginAsync();
        var second = (await Kim.SendAsync($"/rulesets/{ruleset}", "draft")).Location!;
        var later = $"{TimeProvider.System.GetUtcNow().AddDays(30):yyyy-MM-dd}T00:00";
        foreach (var (address, status) in new[] { (first, 302), (second, 409) })
        {
            var review = (await Kim.SendAsync(address, "review", ("Text", Dearer(ruleset)), ("Starts", later))).Location!;
            await Lee.SendAsync(review, "approve", ("seen", Seen(await Lee.ReadAsync(review))));
            var scheduled = await Lee.SendAsync(review, "schedule");
            scheduled.Status.ShouldBe(status);
            scheduled.Html.Contains("change_conflicts", StringComparison.Ordinal).ShouldBe(status == 409);
        }

        (await Kim.ReadAsync(second)).ShouldContain("Merge onto it");
        (await Kim.SendAsync(second, "merge")).Status.ShouldBe(302);
        (await Reply.OfAsync(await Kim.GetAsync(second))).Html.ShouldContain($"<h1>{ruleset}.v3.rules</h1>");
    }

    [Fact]
    public async Task Rollback_is_prepared_and_not_done()
    {
        var (ruleset, address) = await BeginAsync();
        var review = (await Kim.SendAsync(address, "review", ("Text", Dearer(ruleset)))).Location!;
        await Lee.SendAsync(review, "approve", ("seen", Seen(await Lee.ReadAsync(review))));
        await Lee.SendAsync(review, "publish");

        (await Kim.SendAsync($"/rulesets/{ruleset}", "rollback", ("version", "1"), ("reason", " "))).Status.ShouldBe(422);
        var back = (await Kim.SendAsync($"/rulesets/{ruleset}", "rollback", ("version", "1"), ("reason", "Complaints."))).Location!;
        var page = await Reply.OfAsync(await Kim.GetAsync(back));
        page.Editor.ShouldContain("price scan\n  each 1 credit");
        page.Html.ShouldContain($"<h1>{ruleset}.v3.rules</h1>");
        Portal.Portal.Ledger.Rulesets.Versions(ruleset).Length.ShouldBe(2);
    }

    [Fact]
    public async Task Impact_tells_what_each_price_made_and_how_often_alerts_would_have_fired()
    {
        var ruleset = Portal.New("tank");
        var text = $"language 1\nruleset {ruleset} version 1 effective 2026-01-01\ncredit \"credit\" to 0 decimals\nmeter litre whole\naction pour\n  measures litre\naction rinse\nprice pour\n  per litre 1 credit\nprice rinse\n  each 20 credits\n"
            + "bucket prepaid from purchase\n  unused never expires\nconsume prepaid\nat zero\n  if short refuse\nalert \"low\"\n  at 40 credits left\n";
        (await Portal.Portal.Ledger.Rulesets.PublishAsync("draft.rules", text, "file", default)).Version.ShouldNotBeNull();
        var account = Portal.New("tank");
        (await Portal.Client.OpenAccountAsync(new NewAccount { Account = account, Ruleset = ruleset }, Portal.New("open"))).EnsureGranted();
        (await Portal.Client.GrantAsync(new NewGrant { Account = account, Id = "g", Bucket = "prepaid", Amount = 100 }, Portal.New("grant"))).EnsureGranted();
        (await Portal.Client.ChargeAsync(new UsageEvent { Account = account, Action = "pour", Quantities = new Dictionary<string, decimal> { ["litre"] = 60 } }, Portal.New("key"))).EnsureGranted();
        (await Portal.Client.ChargeAsync(new UsageEvent { Account = account, Action = "rinse" }, Portal.New("key"))).EnsureGranted();

        var address = (await Kim.SendAsync($"/rulesets/{ruleset}", "draft")).Location!;
        var draft = (await Portal.Portal.Ledger.Drafts.FindAsync(address[^16..], default))!.Text;
        var html = (await Kim.SendAsync(address, "check", ("Text", draft.Replace("per litre 1 credit", "per litre 0.5 credits", StringComparison.Ordinal)))).Html;
        html.ShouldContain("data-rate-line=\"9\" data-rate=\"published: per litre 1 credit\nin the draft: per litre 0.5 credits\n30 credits in the window, 60.0\u202f% of all\"");
        html.ShouldContain("data-rate-line=\"11\" data-rate=\"published: each 20 credits\nin the draft: each 20 credits\n20 credits in the window, 40.0\u202f% of all\"");
        html.ShouldContain("“low” would never have fired under the draft, once as charged");
        (await Kim.SendAsync(address, "check", ("Text", draft))).Html.ShouldContain("“low” would have fired once under the draft, as it does now");
    }

    [Fact]
    public async Task Emergency_needs_its_right_and_is_told_on_every_way_in()
    {
        var (ruleset, address) = await BeginAsync();
        var id = address[^16..];
        (await Kim.SendAsync($"/reviews/{id}", "emergency", ("Reason", "Sold below cost."))).Status.ShouldBe(403);
        var done = await Portal.Portal.Ledger.Drafts.PublishInEmergencyAsync(id, 1, "Sold below <cost>.", new DraftActor("Ada", DraftRights.Emergency), default);
        done.Problem.ShouldBeNull();
        foreach (var page in new[] { "/", "/reviews", $"/rulesets/{ruleset}" })
        {
            (await Lee.ReadAsync(page)).ShouldContain("Sold below &lt;cost&gt;.", Case.Sensitive, page);
        }
    }

    [Theory]
    [InlineData("/rulesets/biodock?handler=draft")]
    [InlineData("/you?handler=signout")]
    [InlineData("/settings/people?handler=add")]
    [InlineData("/sign-in")]
    public async Task Form_of_another_site_is_refused(string address)
    {
        using var admin = await Visitor.SignedInAsync(Portal, "Root", PersonRoles.Admin);
        using var answer = await admin.PostAsync(address, [new("name", "Mallory"), new("roles", "16")]);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("/rulesets/biodock/draft/0000000000000000")]
    [InlineData("/rulesets/biodock/draft/none")]
    [InlineData("/reviews/0000000000000000")]
    [InlineData("/reviews/%3Cscript%3Ealert")]
    public async Task Draft_that_is_not_there_is_not_found(string address)
    {
        using var answer = await Kim.GetAsync(address);
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Draft_of_one_ruleset_is_not_found_under_another()
    {
        var (_, address) = await BeginAsync();
        using var answer = await Kim.GetAsync("/rulesets/biodock/draft/" + address[^16..]);
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData(PersonRoles.Viewer)]
    [InlineData(PersonRoles.Approver)]
    [InlineData(PersonRoles.Operator | PersonRoles.Admin | PersonRoles.Emergency)]
    public async Task Nobody_writes_without_the_role_of_an_editor(PersonRoles roles)
    {
        using var reader = await Visitor.SignedInAsync(Portal, Portal.New("reader"), roles);
        var answer = await reader.SendAsync("/rulesets/biodock", "draft");
        (answer.Status, answer.Html.Contains("right_missing", StringComparison.Ordinal)).ShouldBe((403, true));
    }

    [Fact]
    public async Task Name_in_a_form_or_a_cookie_is_nobody()
    {
        var (_, address) = await BeginAsync();
        var review = (await Kim.SendAsync(address, "review")).Location!;
        Kim.Cookies.Add(Portal.Portal.Address, new Cookie("rules-person", "Lee"));
        (await Kim.SendAsync(review, "approve", ("seen", Seen(await Kim.ReadAsync(review))), ("Person", "Lee"))).Status.ShouldBe(403);
    }

    [Theory]
    [InlineData("</textarea><script>alert(1)</script>")]
    [InlineData("\"><img src=x onerror=alert(1)>")]
    public async Task Text_of_a_draft_is_shown_as_text(string payload)
    {
        var (ruleset, address) = await BeginAsync();
        var check = await Kim.SendAsync(address, "check", ("Text", Dearer(ruleset) + "# " + payload + "\n"), ("Loaded", payload));
        check.Raw.ShouldNotContain(payload, Case.Sensitive);
        check.Html.ShouldContain(payload, Case.Sensitive);
    }

    private static string First(string ruleset, int number) =>
        $"language 1\nruleset {ruleset} version {number} effective {(number == 1 ? "2026-01-01" : Today())}\ncredit \"credit\" to 0 decimals\naction scan\naction copy\nprice scan\n  each 1 credit\nprice copy\n  each 1 credit\n";

    private static string Dearer(string ruleset) => First(ruleset, 2).Replace("price scan\n  each 1 credit", "price scan\n  each 2 credits", StringComparison.Ordinal);

    private static string Today() => TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    private async Task<decimal> ChargeAsync(string account) =>
        (await Portal.Client.ChargeAsync(new UsageEvent { Account = account, Action = "scan" }, Portal.New("key"))).EnsureGranted().Charge;

    private async Task<(string Ruleset, string Address)> BeginAsync()
    {
        var ruleset = Portal.New("stall");
        (await Portal.Portal.Ledger.Rulesets.PublishAsync("draft.rules", First(ruleset, 1), "file", default)).Version.ShouldNotBeNull();
        var begun = await Kim.SendAsync($"/rulesets/{ruleset}", "draft");
        begun.Status.ShouldBe(302);
        return (ruleset, begun.Location!);
    }
}
