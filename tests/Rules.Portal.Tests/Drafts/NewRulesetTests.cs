using System.Text;
using Rules.Client;
using Rules.Dsl.Text;
using Rules.Ledger.People;
using Rules.Portal.Drafts;
using Rules.Portal.Startup;
using Rules.Portal.Tests.Api;
using Shouldly;
using Xunit;

namespace Rules.Portal.Tests.Drafts;

/// <summary>A ruleset that begins in the portal, by somebody whose browser runs no script.</summary>
[Collection(SharedPortal.Name)]
public sealed class NewRulesetTests(RunningPortal portal) : TwoAuthors(portal)
{
    private const string New = "/rulesets/+new";

    public static TheoryData<string> Templates => [.. FirstText.Templates.Select(static template => template.Key)];

    [Theory]
    [MemberData(nameof(Templates))]
    public void Template_compiles_without_a_question_and_proves_itself(string key)
    {
        var text = FirstText.Of(FirstText.Templates.Single(template => template.Key == key), "acme", new NodaTime.LocalDate(2026, 4, 10));
        var check = Portal.Portal.Ledger.Rulesets.Check("acme.v1.rules", text);
        check.Diagnostics.ShouldBeEmpty();
        check.Compilation.Id.ShouldBe(new RuleFileId("acme", 1));
        check.Compilation.Assumptions.ShouldBeEmpty();
        check.Examples.Length.ShouldBeGreaterThan(1);
        check.Examples.ShouldAllBe(static example => example.Holds);
        Rules.Dsl.Formatting.Formatter.Format(Rules.Dsl.Syntax.SyntaxTree.Parse(SourceText.From(text)))!.ToString().ShouldBe(text);
        text.ShouldContain("effective 2026-04-10");
    }

    [Fact]
    public async Task Ruleset_goes_from_a_template_over_a_review_to_its_first_charge()
    {
        var name = Portal.New("acme");
        var begun = await Kim.SendAsync(New, "template", ("Template", "plan"), ("Name", name));
        begun.Status.ShouldBe(302);
        begun.Location!.ShouldStartWith($"/rulesets/{name}/draft/");

        var workspace = System.Net.WebUtility.HtmlDecode(await Kim.ReadAsync(begun.Location!));
        workspace.ShouldContain("the first version");
        workspace.ShouldContain("There is nothing to compare with");
        workspace.ShouldContain("They declare 2 actions, 2 buckets, 2 plans, 1 alert and 3 examples.");
        workspace.ShouldNotContain("Show changes");
        (await Kim.ReadAsync($"/rulesets/{name}")).ShouldContain("nothing is published yet");
        (await Kim.ReadAsync("/rulesets")).ShouldContain($"href=\"/rulesets/{name}\"");

        var review = (await Kim.SendAsync(begun.Location!, "review", ("Text", System.Net.WebUtility.HtmlDecode(FirstText.Of(FirstText.Templates[2], name, Today()))))).Location!;
        review.ShouldStartWith("/reviews/");
        var shown = System.Net.WebUtility.HtmlDecode(await Lee.ReadAsync(review));
        shown.ShouldContain("nothing: the first version");
        shown.ShouldContain("The text, all of it new");
        (await Kim.SendAsync(review, "approve", ("seen", Seen(shown)))).Status.ShouldBe(403);
        (await Lee.SendAsync(review, "approve", ("seen", Seen(shown)))).Status.ShouldBe(302);
        (await Lee.SendAsync(review, "publish")).Status.ShouldBe(302);

        var account = Portal.New("desk");
        (await Portal.Client.OpenAccountAsync(new NewAccount { Account = account, Ruleset = name, Plan = "Team" }, Portal.New("open"))).EnsureGranted();
        (await Portal.Client.ChargeAsync(new UsageEvent { Account = account, Action = "reply" }, Portal.New("key"))).EnsureGranted().Charge.ShouldBe(1);

        var version = System.Net.WebUtility.HtmlDecode(await Lee.ReadAsync($"/rulesets/{name}/v/1"));
        version.ShouldContain("It is the first version");
        version.ShouldContain("<dd>Kim</dd>");
        version.ShouldContain("<dd>Lee, <time");
        version.ShouldContain("until a later version takes over");
        version.ShouldContain($"<a href=\"/ledger?ruleset={name}&version=1\">");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task File_of_any_version_becomes_a_draft_of_version_1(bool uploaded)
    {
        var name = Portal.New("brought");
        var text = Text(name, 7);
        var begun = uploaded
            ? await Kim.UploadAsync(New, "import", "file", Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n")), "prices.rules")
            : await Kim.SendAsync(New, "import", ("Text", text.ReplaceLineEndings("\r\n")));
        begun.Status.ShouldBe(302);
        var draft = (await Portal.Portal.Ledger.Drafts.FindAsync(begun.Location![^16..], default))!;
        (draft.Ruleset, draft.Number, draft.Base, draft.Text).ShouldBe((name, 1, 0, Text(name, 1)));
    }

    [Fact]
    public async Task File_takes_the_name_that_is_given()
    {
        var name = Portal.New("renamed");
        var begun = await Kim.SendAsync(New, "import", ("Text", Text("biodock", 3)), ("As", name));
        begun.Status.ShouldBe(302);
        (await Portal.Portal.Ledger.Drafts.FindAsync(begun.Location![^16..], default))!.Text.ShouldBe(Text(name, 1));
    }

    [Theory]
    [InlineData("template", "Name", "biodock", "is published already")]
    [InlineData("template", "Name", "Two Words", "because it is a file's name too")]
    [InlineData("template", "Name", "con", "because it is a file's name too")]
    [InlineData("template", "Name", "-", "Begin with a letter")]
    [InlineData("template", "Name", "", "Give it a name")]
    [InlineData("import", "Text", "", "Choose a file, or paste its text")]
    [InlineData("import", "Text", "prize\n", "Its head names no ruleset and version")]
    [InlineData("import", "Text", "language 1\nruleset biodock version 4 effective 2026-01-01\n", "is published already")]
    [InlineData("import", "Text", "language 1\nruleset roboflow version 4 effective 2027-01-01 amends version 3\n", "is not whole without it")]
    [InlineData("import", "Text", "language 1\ncommon models version 1\nlist model\n  \"Large\"\n", "This is a common file")]
    public async Task What_begins_no_ruleset_is_told_at_its_field(string form, string field, string value, string words)
    {
        var before = (await Portal.Portal.Ledger.Drafts.ListAsync(null, open: false, default)).Length;
        var answer = await Kim.SendAsync(New, form, ("Template", "plan"), (field, value));
        answer.Status.ShouldBe(422);
        answer.Html.ShouldContain(words);
        answer.Html.ShouldContain("role=\"alert\"");
        answer.Html.ShouldContain("aria-invalid=\"true\"");
        (await Portal.Portal.Ledger.Drafts.ListAsync(null, open: false, default)).Length.ShouldBe(before);
    }

    [Fact]
    public async Task File_that_is_too_large_is_told_so()
    {
        var answer = await Kim.UploadAsync(New, "import", "file", new byte[SourceText.MaximumBytes + 1], "prices.rules");
        (answer.Status, answer.Html.Contains("A rule file has at most 1024 KiB", StringComparison.Ordinal)).ShouldBe((422, true));
    }

    [Fact]
    public async Task Name_that_somebody_has_begun_leads_to_what_is_there()
    {
        var name = Portal.New("mine");
        (await Kim.SendAsync(New, "template", ("Template", "plan"), ("Name", name))).Status.ShouldBe(302);
        var answer = await Lee.SendAsync(New, "template", ("Template", "plan"), ("Name", name));
        answer.Status.ShouldBe(422);
        answer.Html.ShouldContain($"Kim has begun \"{name}\" already.");
        answer.Html.ShouldContain($"<a href=\"/rulesets/{name}\">");
    }

    [Fact]
    public async Task Viewer_reads_how_a_ruleset_begins_and_begins_none()
    {
        using var max = await Visitor.SignedInAsync(Portal, "Max", PersonRoles.Viewer);
        (await max.ReadAsync(New)).ShouldContain("An editor begins rulesets");
        (await max.ReadAsync("/rulesets")).ShouldNotContain("href=\"/rulesets/+new\"");
        (await max.SendAsync(New, "template", ("Template", "plan"), ("Name", Portal.New("none")))).Status.ShouldBe(403);
    }

    [Fact]
    public async Task Draft_that_another_first_version_overtook_is_merged_onto_it()
    {
        var name = Portal.New("race");
        var mine = (await Kim.SendAsync(New, "import", ("Text", Text(name, 1)))).Location!;
        (await Portal.Portal.Ledger.Rulesets.PublishAsync("draft.rules", Text(name, 1).Replace("1 credit", "3 credits", StringComparison.Ordinal), "file", default)).Version.ShouldNotBeNull();
        (await Kim.ReadAsync(mine)).ShouldContain($"Somebody else began {name} too");
        (await Kim.SendAsync(mine, "merge")).Status.ShouldBe(302);
        var merged = (await Portal.Portal.Ledger.Drafts.FindAsync(mine[^16..], default))!;
        (merged.Number, merged.Base).ShouldBe((2, 1));
        merged.Text.ShouldContain("<<<<<<< yours\n  each 1 credit\n=======\n  each 3 credits\n>>>>>>> the other text");
    }

    [Fact]
    public async Task Portal_without_any_ruleset_leads_to_a_new_one()
    {
        var home = Directory.CreateTempSubdirectory("rules-empty-").FullName;
        Directory.CreateDirectory(Path.Combine(home, "none"));
        try
        {
            await using var empty = await PortalApplication.StartAsync(
                ["--urls", "http://127.0.0.1:0", "--Rules:Home", home, "--Rules:Files", "none", "--Rules:Sample", "off", "--environment", "Production"]);
            using var http = new HttpClient(new HttpClientHandler { CookieContainer = new System.Net.CookieContainer() }) { BaseAddress = empty.Address };
            await SignInForm.SignInAsync(http, empty.SignInLink!);
            foreach (var page in new[] { "/", "/rulesets", "/reports", "/alerts", "/ledger", "/accounts" })
            {
                var html = await http.GetStringAsync(new Uri(page, UriKind.Relative));
                (page is "/alerts" or "/ledger" or "/accounts" || html.Contains("href=\"/rulesets/+new\"", StringComparison.Ordinal)).ShouldBeTrue(page);
            }

            (await http.GetStringAsync(new Uri(New, UriKind.Relative))).ShouldContain("Begin the ruleset");
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    private static string Text(string name, int version) =>
        $"language 1\nruleset {name} version {version} effective 2026-01-01\ncredit \"credit\" to 0 decimals\naction scan\nprice scan\n  each 1 credit\n";

    private static NodaTime.LocalDate Today() => NodaTime.LocalDate.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
}
