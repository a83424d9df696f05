using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using NodaTime;
using Rules.Client;
using Rules.Portal.Tests.Api;
using Shouldly;
using Xunit;

namespace Rules.Portal.Tests.Pages;

[Collection(SharedPortal.Name)]
public sealed partial class PageTests(RunningPortal portal)
{
    [Theory]
    [InlineData("/", "Overview")]
    [InlineData("/rulesets", "Rulesets")]
    [InlineData("/rulesets/biodock", "Biodock run credits")]
    [InlineData("/rulesets/biodock/v/1", "biodock.v1.rules")]
    [InlineData("/accounts", "Accounts")]
    [InlineData("/ledger", "Ledger")]
    [InlineData("/appearance", "Appearance")]
    [InlineData("/alerts", "Alerts")]
    [InlineData("/replays", "Replays")]
    public async Task Page_has_its_heading_and_is_not_kept_by_caches(string address, string heading)
    {
        var answer = await portal.Http.GetAsync(address);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        Heading(await answer.Content.ReadAsStringAsync()).ShouldBe(heading);
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        answer.Headers.GetValues("Content-Security-Policy").Single().ShouldStartWith("default-src 'none'; script-src 'self' 'nonce-");
        answer.Headers.Contains("Server").ShouldBeFalse();
    }

    [Theory]
    [InlineData("/accounts/nobody")]
    [InlineData("/accounts/nobody/entries/1")]
    [InlineData("/accounts/nobody/entries/0")]
    [InlineData("/accounts/nobody/entries/99999999999999999999")]
    [InlineData("/rulesets/nothing")]
    [InlineData("/replays/0000000000000000")]
    [InlineData("/rulesets/biodock/v/99")]
    [InlineData("/no/such/page")]
    public async Task Unknown_address_is_answered_by_a_page_of_the_portal(string address)
    {
        var answer = await portal.Http.GetAsync(address);
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        Heading(await answer.Content.ReadAsStringAsync()).ShouldBe("Page not found");
    }

    [Fact]
    public async Task Alert_that_fired_leads_to_its_account_and_its_charge()
    {
        const string Text = "language 1\nruleset tank version 1 effective 2026-01-01\ncredit \"credit\" to 0 decimals\nmeter litre whole\naction pour\n  measures litre\nprice pour\n  per litre 1 credit\n"
            + "bucket prepaid from purchase\n  unused never expires\nconsume prepaid\nat zero\n  if short refuse\nalert \"low <tank>\"\n  at 40 credits left\n";
        (await portal.Portal.Ledger.Rulesets.PublishAsync("draft.rules", Text, "kim", default)).Version.ShouldNotBeNull();
        var account = portal.New("tank");
        (await portal.Client.OpenAccountAsync(new NewAccount { Account = account, Ruleset = "tank" }, portal.New("open"))).EnsureGranted();
        (await portal.Client.GrantAsync(new NewGrant { Account = account, Id = "g", Bucket = "prepaid", Amount = 100 }, portal.New("grant"))).EnsureGranted();
        var pour = new UsageEvent { Account = account, Action = "pour", Quantities = new Dictionary<string, decimal> { ["litre"] = 60 } };
        var quote = (await portal.Client.ChargeAsync(pour, portal.New("key"))).EnsureGranted();

        var html = await portal.Http.GetStringAsync($"/alerts?account={account}");
        html.ShouldContain("low &lt;tank&gt;");
        html.ShouldContain($"href=\"{new Uri(portal.Http.BaseAddress!, quote.ExplainUrl!).AbsolutePath}\"");
        WebUtility.HtmlDecode(html).ShouldContain("<td class=\"wrap\">40 left, the level is 40</td>");
        WebUtility.HtmlDecode(html).ShouldContain("at 40 credits left");

        (await portal.Http.GetStringAsync("/alerts?account=nobody")).ShouldContain("has fired.");
    }

    [Fact]
    public async Task Alerts_say_how_often_each_of_them_fired_lately()
    {
        const string Text = "language 1\nruleset drum version 1 effective 2026-01-01\ncredit \"credit\" to 0 decimals\nmeter litre whole\naction pour\n  measures litre\nprice pour\n  per litre 1 credit\n"
            + "bucket prepaid from purchase\n  unused never expires\nconsume prepaid\nat zero\n  if short refuse\nalert \"drum is low\"\n  at 40 credits left\nalert \"drum is empty\"\n  at 1 credit left\n";
        (await portal.Portal.Ledger.Rulesets.PublishAsync("draft.rules", Text, "kim", default)).Version.ShouldNotBeNull();
        foreach (var account in new[] { portal.New("drum"), portal.New("drum") })
        {
            (await portal.Client.OpenAccountAsync(new NewAccount { Account = account, Ruleset = "drum" }, portal.New("open"))).EnsureGranted();
            (await portal.Client.GrantAsync(new NewGrant { Account = account, Id = "g", Bucket = "prepaid", Amount = 100 }, portal.New("grant"))).EnsureGranted();
            var pour = new UsageEvent { Account = account, Action = "pour", Quantities = new Dictionary<string, decimal> { ["litre"] = 60 } };
            (await portal.Client.ChargeAsync(pour, portal.New("key"))).EnsureGranted();
        }

        // Counted anew: the page may have been asked for within the last minute.
        using var fired = new Rules.Portal.Alerts.FiredAlerts(portal.Portal.Ledger, NodaTime.SystemClock.Instance);
        var counts = await fired.ReadAsync(default);
        (counts.Of("drum", "drum is low"), counts.Of("drum", "drum is empty"), counts.IsCut).ShouldBe((2, 0, false));
        var html = WebUtility.HtmlDecode(await portal.Http.GetStringAsync("/alerts"));
        html.ShouldContain("Fired, 30 days");
        html.ShouldContain("href=\"/settings/webhooks\"");
    }

    [Fact]
    public async Task Version_is_told_in_words_against_the_one_before_it_or_any_other()
    {
        const string First = "language 1\nruleset newsstand version 1 effective 2026-01-01\ncredit \"credit\" to 0 decimals\naction scan\nprice scan\n  each 1 credit\n";
        foreach (var version in new[] { 1, 2, 3 })
        {
            var text = First.Replace("version 1 effective 2026-01", $"version {version} effective 2026-0{version}", StringComparison.Ordinal).Replace("each 1 credit", $"each {version} credits", StringComparison.Ordinal);
            (await portal.Portal.Ledger.Rulesets.PublishAsync("draft.rules", text, "kim", default)).Version.ShouldNotBeNull();
        }

        async Task<string> ReadAsync(string address) => WebUtility.HtmlDecode(await portal.Http.GetStringAsync(address));
        (await ReadAsync("/rulesets/newsstand/v/1")).ShouldContain("It is the first version");
        var third = await ReadAsync("/rulesets/newsstand/v/3");
        third.ShouldContain("against version 2");
        third.ShouldContain("scan costs 50.0");
        third.ShouldContain("published from a file");
        var against = await ReadAsync("/rulesets/newsstand/v/3?against=1");
        against.ShouldContain("against version 1");
        against.ShouldContain("scan costs 200.0");
        (await ReadAsync("/rulesets/newsstand/v/2?against=3")).ShouldContain("against version 3");
        (await ReadAsync("/rulesets/newsstand/v/3?against=99")).ShouldContain("against version 2", Case.Sensitive, "there is no version 99");
        (await ReadAsync("/rulesets/newsstand/v/2")).ShouldContain("then <a href=\"/rulesets/newsstand/v/3\">version 3</a>");
    }

    [Fact]
    public async Task Values_of_a_charge_that_are_shown_to_be_tried_can_be_priced_as_they_stand()
    {
        var account = await portal.OpenBiodockAsync();
        var charge = (await portal.Client.ChargeAsync(new UsageEvent
        {
            Account = account,
            Action = "analysis",
            Quantities = new Dictionary<string, decimal> { ["image"] = 2611, ["crop"] = 16 },
            Keys = new Dictionary<string, string> { ["run"] = "r" },
        }, portal.New("key"))).EnsureGranted();

        var html = WebUtility.HtmlDecode(await portal.Http.GetStringAsync(charge.ExplainUrl + "?try=true"));
        html.ShouldContain("value=\"1,000\"", Case.Sensitive, "what is usual is written as in the rule file");
        html.ShouldNotContain("is not a number");
        html.ShouldContain("±0");
    }

    [Fact]
    public async Task Report_says_from_when_on_the_days_before_were_used_and_draws_no_line_through_one_day()
    {
        const string Text = "language 1\nruleset copier version 1 effective 2026-01-01\ncredit \"credit\" to 0 decimals\naction copy\nprice copy\n  each 3 credits\n";
        (await portal.Portal.Ledger.Rulesets.PublishAsync("draft.rules", Text, "kim", default)).Version.ShouldNotBeNull();
        var account = portal.New("copier");
        (await portal.Client.OpenAccountAsync(new NewAccount { Account = account, Ruleset = "copier" }, portal.New("open"))).EnsureGranted();
        (await portal.Client.ChargeAsync(new UsageEvent { Account = account, Action = "copy" }, portal.New("key"))).EnsureGranted();
        var today = SystemClock.Instance.GetCurrentInstant().InUtc().Date;
        async Task<string> ReportAsync(LocalDate from, LocalDate to) =>
            WebUtility.HtmlDecode(await portal.Http.GetStringAsync($"/reports?ruleset=copier&compare=true&from={from:uuuu-MM-dd}&to={to:uuuu-MM-dd}"));

        var after = await ReportAsync(today.PlusDays(1), today.PlusDays(3));
        after.ShouldContain($"beside the 3 days before, of which {today:d MMM uuuu} is the first with use");
        after.ShouldContain("<figure class=\"chart\">");
        var next = await ReportAsync(today.PlusDays(1), today.PlusDays(1));
        next.ShouldContain("beside the day before<");
        next.ShouldNotContain("<figure class=\"chart\">");
    }

    [Fact]
    public async Task Rulesets_say_what_proves_them_and_what_they_charge()
    {
        var account = await portal.OpenBiodockAsync();
        (await portal.Client.ChargeAsync(new UsageEvent { Account = account, Action = "training" }, portal.New("key"))).EnsureGranted();
        var html = WebUtility.HtmlDecode(await portal.Http.GetStringAsync("/rulesets"));
        var row = html[html.IndexOf("<a href=\"/rulesets/biodock\">", StringComparison.Ordinal)..];
        row = row[..row.IndexOf("</tr>", StringComparison.Ordinal)];
        Regex.IsMatch(row, "[1-9][0-9]* hold<", RegexOptions.None, TimeSpan.FromSeconds(1)).ShouldBeTrue(row);
        html.ShouldContain("href=\"/rulesets/+new\"");
    }

    [Fact]
    public async Task View_of_a_report_is_kept_opened_and_deleted_by_its_person_alone()
    {
        using var ann = await Drafts.Visitor.SignedInAsync(portal, "Ann", Rules.Ledger.People.PersonRoles.Viewer);
        using var bob = await Drafts.Visitor.SignedInAsync(portal, "Bob", Rules.Ledger.People.PersonRoles.Viewer);
        const string Report = "/reports?ruleset=bookbag&by=model&from=2026-03-01&to=2026-03-10";
        (await ann.SendAsync(Report + "&handler=keep", "", ("name", " "), ("moving", "true"))).Html.ShouldContain("Name the view in 1 to 100 characters.");
        var kept = await ann.SendAsync(Report + "&handler=keep", "", ("name", "By <model>"), ("moving", "true"));
        kept.Status.ShouldBe(302);
        kept.Location.ShouldBe("/reports?ruleset=bookbag&metric=credits&by=model&recent=10");
        (await ann.SendAsync(Report + "&handler=keep", "", ("name", "March"), ("moving", "false"))).Location.ShouldBe("/reports?ruleset=bookbag&from=2026-03-01&to=2026-03-10&metric=credits&by=model");

        var page = WebUtility.HtmlDecode(await ann.ReadAsync(kept.Location!));
        page.ShouldContain("href=\"/reports?ruleset=bookbag&metric=credits&by=model&recent=10\" aria-current=\"true\">By <model></a>");
        page.ShouldContain(">March</a>");
        var id = Regex.Match(page, "name=\"view\" value=\"(?<id>[^\"]{16})\"", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Groups["id"].Value;
        (await bob.ReadAsync("/reports")).ShouldNotContain(">March</a>");
        await bob.SendAsync("/reports?handler=forget", "", ("view", id));
        (await ann.ReadAsync("/reports")).ShouldContain("value=\"" + id + "\"");
        (await ann.SendAsync("/reports?handler=forget", "", ("view", id))).Status.ShouldBe(302);
        (await ann.ReadAsync("/reports")).ShouldNotContain("value=\"" + id + "\"");
    }

    [Fact]
    public async Task Version_lists_its_assumptions_with_their_lines()
    {
        var html = WebUtility.HtmlDecode(await portal.Http.GetStringAsync("/rulesets/biodock/v/1"));
        html.ShouldContain("<span>the page is undated</span>");
        html.ShouldContain("<a href=\"#L36\">line 36</a>");
    }

    [Fact]
    public async Task Amendment_shows_everything_that_holds_under_the_version_that_wrote_it()
    {
        var html = WebUtility.HtmlDecode(await portal.Http.GetStringAsync("/rulesets/roboflow/v/3"));
        html.ShouldContain("v3 scheduled");
        html.ShouldContain("<li id=\"L2\" data-number=\"2\"");
        html.ShouldContain("<li id=\"v2-L43\" data-number=\"v2 43\"");
        html.ShouldContain("all 10 hold");
        html.ShouldContain("<a href=\"#v2-L5\">version 2, line 5</a>");
        html.ShouldContain("<a href=\"/rulesets/roboflow/v/3?view=file\">what this version changes</a>");

        var file = await portal.Http.GetStringAsync("/rulesets/roboflow/v/3?view=file");
        file.ShouldNotContain("id=\"v2-L");
        file.ShouldContain("<a href=\"/rulesets/roboflow/v/2#L5\">version 2, line 5</a>");
    }

    [Fact]
    public async Task Charge_under_an_amendment_points_into_the_version_that_holds_the_rule()
    {
        const string First = "language 1\nruleset kiosk version 1 effective 2026-01-01\ncredit \"credit\" to 0 decimals\naction scan\naction copy\nprice scan\n  each 1 credit\nprice copy\n  each 1 credit\n";
        const string Second = "language 1\nruleset kiosk version 2 effective 2026-02-01 amends version 1\nprice copy\n  each 2 credits\n";
        var rulesets = portal.Portal.Ledger.Rulesets;
        (await rulesets.PublishAsync("draft.rules", First, "kim", default)).Version.ShouldNotBeNull();
        (await rulesets.PublishAsync("draft.rules", Second, "kim", default)).Version.ShouldNotBeNull();
        var account = portal.New("kiosk");
        (await portal.Client.OpenAccountAsync(new NewAccount { Account = account, Ruleset = "kiosk" }, portal.New("open"))).EnsureGranted();

        foreach (var (action, file, line, anchor, words) in new[] { ("scan", "kiosk.v1.rules", 7, "v1-L7", "version 1, line 7"), ("copy", "kiosk.v2.rules", 4, "L4", "line 4") })
        {
            var quote = (await portal.Client.ChargeAsync(new UsageEvent { Account = account, Action = action }, portal.New("key"))).EnsureGranted();
            var step = quote.Steps.First(candidate => candidate.Line is not null);
            (step.File, step.Line).ShouldBe((file, line));
            var html = await portal.Http.GetStringAsync($"{quote.ExplainUrl!}?step=1");
            html.ShouldContain($"<a class=\"step-line\" href=\"#{anchor}\">{words}</a>");
            html.ShouldContain($"<li id=\"{anchor}\"");
            Lines(html, "lit").Count.ShouldBe(1);
        }
    }

    [Fact]
    public async Task Charge_is_explained_by_the_steps_of_its_own_answer()
    {
        var (quote, html) = await ExplainedAsync(await portal.OpenBiodockAsync(), []);
        foreach (var step in quote.Steps)
        {
            WebUtility.HtmlDecode(html).ShouldContain(step.Text, Case.Sensitive);
        }

        Heading(html).ShouldBe("8.95000 credits");
    }

    [Fact]
    public async Task Step_of_the_address_lights_its_line_and_the_lines_it_belongs_to()
    {
        var account = await portal.OpenBiodockAsync();
        var quote = (await portal.Client.ChargeAsync(Run(account, []), portal.New("key"))).EnsureGranted();
        var step = quote.Steps.ToList().FindIndex(candidate => candidate.Text.StartsWith("95,000 crops", StringComparison.Ordinal));
        var html = await portal.Http.GetStringAsync($"{quote.ExplainUrl!}?step={step + 1}");
        Lines(html, "lit").ShouldBe([quote.Steps[step].Line!.Value]);
        Lines(html, "head").Count.ShouldBe(2);
    }

    [Fact]
    public async Task JSON_of_a_charge_is_the_stored_answer_byte_for_byte()
    {
        var account = await portal.OpenBiodockAsync();
        var key = portal.New("key");
        var quote = (await portal.Client.ChargeAsync(Run(account, []), key)).EnsureGranted();
        var stored = await portal.Http.GetAsync($"{quote.ExplainUrl}?handler=json");
        stored.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        Encoding.UTF8.GetString(await stored.Content.ReadAsByteArrayAsync()).ShouldContain("\"charge\":\"8.95\"");
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("\"><img src=x onerror=alert(1)>")]
    [InlineData("' onmouseover='alert(1)")]
    [InlineData("</title><svg/onload=alert(1)>")]
    public async Task S5_Text_of_a_caller_is_shown_as_text(string payload)
    {
        var (_, html) = await ExplainedAsync(await portal.OpenBiodockAsync(), new() { ["project"] = payload });
        html.ShouldNotContain(payload, Case.Sensitive);
        WebUtility.HtmlDecode(html).ShouldContain(payload, Case.Sensitive);
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("\"><img src=x onerror=alert(1)>")]
    public async Task S5_Text_of_an_address_is_shown_as_text(string payload)
    {
        var value = Uri.EscapeDataString(payload);
        foreach (var address in new[] { $"/ledger?account={value}&key={value}&from={value}&kind={value}&after={value}", $"/accounts?search={value}&ruleset={value}", $"/accounts/{value}" })
        {
            (await (await portal.Http.GetAsync(address)).Content.ReadAsStringAsync()).ShouldNotContain(payload, Case.Sensitive);
        }
    }

    [Fact]
    public async Task Day_that_is_none_is_told_at_its_field()
    {
        var html = await portal.Http.GetStringAsync("/ledger?from=2026-02-30");
        html.ShouldContain("id=\"from-error\"");
        WebUtility.HtmlDecode(html).ShouldContain("\"2026-02-30\" is not a day; write it as 2026-05-01.");
    }

    [Fact]
    public async Task Filter_that_matches_nothing_says_so_and_can_be_cleared()
    {
        var html = await portal.Http.GetStringAsync("/ledger?account=nobody-at-all&kind=charge");
        html.ShouldContain("No entry matches: kind charge, account nobody-at-all.");
        html.ShouldContain("Clear the filter");
    }

    [Fact]
    public async Task Ledger_is_paged_without_gap_or_repetition()
    {
        var account = await portal.OpenBiodockAsync();
        for (var i = 0; i < 60; i++)
        {
            (await portal.Client.ChargeAsync(Run(account, []), portal.New("key"))).EnsureGranted();
        }

        var seen = new List<string>();
        for (var next = $"/ledger?account={account}"; next is not null;)
        {
            var html = await portal.Http.GetStringAsync(next);
            seen.AddRange(EntryLinks().Matches(html).Select(match => match.Groups["entry"].Value));
            next = NextPage().Match(html) is { Success: true } match ? WebUtility.HtmlDecode(match.Groups["address"].Value) : null;
        }

        seen.ShouldBe(Enumerable.Range(1, seen.Count).Reverse().Select(sequence => sequence.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        seen.Count.ShouldBeGreaterThan(60);
    }

    [Fact]
    public async Task S4_Theme_is_not_changed_by_a_form_of_another_site()
    {
        using var form = new FormUrlEncodedContent([new("theme", "dark")]);
        (await portal.Http.PostAsync("/appearance", form)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("/ledger?kind=charge", "/ledger?kind=charge")]
    [InlineData("//evil.example", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("https://evil.example", "/")]
    [InlineData("javascript:alert(1)", "/")]
    public async Task Choice_of_a_theme_returns_to_this_site_only(string back, string expected)
    {
        using var handler = new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = portal.Cookies };
        using var http = new HttpClient(handler) { BaseAddress = portal.Portal.Address };
        var token = Token().Match(await http.GetStringAsync("/appearance")).Groups["token"].Value;
        using var form = new FormUrlEncodedContent([new("theme", "dark"), new("back", back), new("__RequestVerificationToken", token)]);
        var answer = await http.PostAsync("/appearance", form);
        answer.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        answer.Headers.Location!.ToString().ShouldBe(expected);
        answer.Headers.GetValues("Set-Cookie").ShouldContain(cookie => cookie.StartsWith("rules-theme=dark;", StringComparison.Ordinal));
    }

    private static UsageEvent Run(string account, Dictionary<string, string> record) => new()
    {
        Account = account,
        Action = "analysis",
        Quantities = new Dictionary<string, decimal> { ["image"] = 6000, ["crop"] = 120000 },
        Keys = new Dictionary<string, string> { ["run"] = Guid.NewGuid().ToString() },
        Record = record,
    };

    private async Task<(Quote Quote, string Html)> ExplainedAsync(string account, Dictionary<string, string> record)
    {
        var quote = (await portal.Client.ChargeAsync(Run(account, record), portal.New("key"))).EnsureGranted();
        return (quote, await portal.Http.GetStringAsync(quote.ExplainUrl));
    }

    private static string Heading(string html) =>
        WebUtility.HtmlDecode(Tags().Replace(FirstHeading().Match(html).Groups["text"].Value, ""));

    private static List<int> Lines(string html, string state) =>
        [.. SourceLines().Matches(html).Where(match => match.Groups["state"].Value.Split(' ').Contains(state))
            .Select(match => int.Parse(match.Groups["line"].ValueSpan, System.Globalization.CultureInfo.InvariantCulture))];

    [GeneratedRegex("<h1>(?<text>.*?)</h1>", RegexOptions.Singleline, 1000)]
    private static partial Regex FirstHeading();

    [GeneratedRegex("<[^>]*>", RegexOptions.None, 1000)]
    private static partial Regex Tags();

    [GeneratedRegex("data-line=\"(?<line>[0-9]+)\" class=\"(?<state>[^\"]*)\"", RegexOptions.None, 1000)]
    private static partial Regex SourceLines();

    [GeneratedRegex("<th scope=\"row\"><a href=\"/accounts/[^/]+/entries/(?<entry>[0-9]+)\"", RegexOptions.None, 1000)]
    private static partial Regex EntryLinks();

    [GeneratedRegex("<a href=\"(?<address>[^\"]+)\" rel=\"next\">Older entries", RegexOptions.None, 1000)]
    private static partial Regex NextPage();

    [GeneratedRegex("name=\"__RequestVerificationToken\" type=\"hidden\" value=\"(?<token>[^\"]+)\"", RegexOptions.None, 1000)]
    private static partial Regex Token();
}
