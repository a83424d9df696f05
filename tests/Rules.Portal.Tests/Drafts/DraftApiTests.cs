using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Rules.Client;
using Rules.Ledger.Access;
using Rules.Ledger.People;
using Rules.Portal.Tests.Api;
using Shouldly;
using Xunit;

namespace Rules.Portal.Tests.Drafts;

/// <summary>A program puts a text into review; people take it from there.</summary>
[Collection(SharedPortal.Name)]
public sealed class DraftApiTests(RunningPortal portal)
{
    private static readonly JsonSerializerOptions _strict =
        new(ClientJson.Default.Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    [Fact]
    public async Task Text_of_a_program_goes_into_review_and_a_person_approves_and_publishes_it()
    {
        var ruleset = await NewRulesetAsync();
        using var http = portal.Holding(await portal.NewKeyAsync(KeyScopes.Draft));
        var client = new RulesClient(http);
        var answer = await client.CreateDraftAsync(new NewDraft { Text = Text(ruleset, 2, "2 credits") });
        var draft = answer.EnsureGranted();
        JsonSerializer.Deserialize<Draft>(answer.Body.Span, _strict).ShouldNotBeNull();
        (draft.Ruleset, draft.Version, draft.Base, draft.State).ShouldBe((ruleset, 2, 1, "in review"));
        draft.Authors.ShouldHaveSingleItem().ShouldStartWith("key ");

        (await client.CreateDraftAsync(new NewDraft { Text = Text(ruleset, 2, "2 credits") })).EnsureGranted().Id.ShouldBe(draft.Id, "the same text is one draft");
        using var lee = await Visitor.SignedInAsync(portal, "Lee", PersonRoles.Approver);
        var page = await lee.ReadAsync(draft.ReviewUrl);
        var seen = System.Text.RegularExpressions.Regex.Match(page, "name=\"seen\" value=\"(?<hash>[0-9a-f]{64})\"", System.Text.RegularExpressions.RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Groups["hash"].Value;
        (await lee.SendAsync(draft.ReviewUrl, "approve", ("seen", seen))).Status.ShouldBe(302);
        (await client.DraftAsync(draft.Id)).EnsureGranted().ApprovedBy.ShouldBe("Lee");
        (await lee.SendAsync(draft.ReviewUrl, "publish")).Status.ShouldBe(302);
        (await client.DraftAsync(draft.Id)).EnsureGranted().State.ShouldBe("published");
    }

    [Fact]
    public async Task Text_of_a_first_version_begins_a_ruleset_by_the_same_road()
    {
        var ruleset = portal.New("begun");
        using var http = portal.Holding(await portal.NewKeyAsync(KeyScopes.Draft));
        var client = new RulesClient(http);
        var draft = (await client.CreateDraftAsync(new NewDraft { Text = Text(ruleset, 1, "2 credits") })).EnsureGranted();
        (draft.Ruleset, draft.Version, draft.Base, draft.State).ShouldBe((ruleset, 1, 0, "in review"));
        (await client.CreateDraftAsync(new NewDraft { Text = Text(ruleset, 1, "2 credits") })).EnsureGranted().Id.ShouldBe(draft.Id, "the same text is one draft");

        using var lee = await Visitor.SignedInAsync(portal, "Lee", PersonRoles.Approver);
        var page = await lee.ReadAsync(draft.ReviewUrl);
        page.ShouldContain("There is nothing to compare with");
        var seen = System.Text.RegularExpressions.Regex.Match(page, "name=\"seen\" value=\"(?<hash>[0-9a-f]{64})\"", System.Text.RegularExpressions.RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Groups["hash"].Value;
        (await lee.SendAsync(draft.ReviewUrl, "approve", ("seen", seen))).Status.ShouldBe(302);
        (await lee.SendAsync(draft.ReviewUrl, "publish")).Status.ShouldBe(302);
        (await client.DraftAsync(draft.Id)).EnsureGranted().State.ShouldBe("published");
        portal.Portal.Ledger.Rulesets.Find(ruleset).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("errors", 422, "text_has_errors")]
    [InlineData("head", 422, "text_has_errors")]
    [InlineData("unknown", 404, "ruleset_not_found")]
    [InlineData("common", 422, "text_has_errors")]
    [InlineData("number", 409, "change_conflicts")]
    public async Task Text_that_cannot_be_reviewed_is_refused_and_leaves_nothing_behind(string what, int status, string code)
    {
        var ruleset = await NewRulesetAsync();
        var text = what switch
        {
            "errors" => Text(ruleset, 2, "2 credits") + "price scan\n",
            "head" => "prize\n",
            "unknown" => Text(portal.New("nothing"), 2, "2 credits"),
            "common" => $"language 1\ncommon {portal.New("models")} version 1\nlist model\n  \"Large\"\n",
            _ => Text(ruleset, 3, "2 credits"),
        };
        using var http = portal.Holding(await portal.NewKeyAsync(KeyScopes.Draft));
        var answer = await new RulesClient(http).CreateDraftAsync(new NewDraft { Text = text });
        (answer.Status, answer.Problem!.Code).ShouldBe((status, code));
        (await portal.Portal.Ledger.Drafts.ListAsync(ruleset, open: true, default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Key_of_another_ruleset_neither_makes_nor_sees_a_draft()
    {
        var ruleset = await NewRulesetAsync();
        using var mine = portal.Holding(await portal.NewKeyAsync(KeyScopes.Draft, rulesets: [ruleset]));
        using var other = portal.Holding(await portal.NewKeyAsync(KeyScopes.Draft, rulesets: ["biodock"]));
        var draft = (await new RulesClient(mine).CreateDraftAsync(new NewDraft { Text = Text(ruleset, 2, "2 credits") })).EnsureGranted();

        (await new RulesClient(other).CreateDraftAsync(new NewDraft { Text = Text(ruleset, 2, "3 credits") })).Problem!.Code.ShouldBe("key_restricted");
        (await new RulesClient(other).DraftAsync(draft.Id)).Status.ShouldBe((int)HttpStatusCode.NotFound);
        (await new RulesClient(mine).DraftAsync("0000000000000000")).Problem!.Code.ShouldBe("draft_unknown");
    }

    private async Task<string> NewRulesetAsync()
    {
        var name = portal.New("drafted");
        (await portal.Portal.Ledger.Rulesets.PublishAsync($"{name}.v1.rules", Text(name, 1, "1 credit"), "test", default)).Version.ShouldNotBeNull();
        return name;
    }

    private static string Text(string ruleset, int version, string price) =>
        $"language 1\nruleset {ruleset} version {version} effective 2026-0{version}-01\ncredit \"credit\" to 2 decimals\naction scan\nprice scan\n  each {price}\n";
}
