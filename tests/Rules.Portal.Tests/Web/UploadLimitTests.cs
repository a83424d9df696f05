using System.Net;
using Rules.Ledger.People;
using Rules.Portal.Tests.Api;
using Rules.Portal.Tests.Drafts;
using Shouldly;
using Xunit;

namespace Rules.Portal.Tests.Web;

/// <summary>What is too large gets a page that says how large it may be, not a connection that breaks.</summary>
[Collection(SharedPortal.Name)]
public sealed class UploadLimitTests(RunningPortal portal)
{
    [Theory]
    [InlineData("/rulesets/+new", "import", 9, "At most 8,192 KiB can be sent here.")]
    [InlineData("/reports/bills", "", 17, "At most 16,448 KiB can be sent here.")]
    public async Task File_above_the_limit_of_its_page_is_told_the_limit(string page, string handler, int mebibytes, string words)
    {
        using var visitor = await Visitor.SignedInAsync(portal, portal.New("sender"), PersonRoles.Editor | PersonRoles.Operator);
        var reply = await visitor.UploadAsync(page, handler, "file", new byte[mebibytes * 1024 * 1024], "large.csv");
        (reply.Status, reply.Html.Contains("This is too large", StringComparison.Ordinal)).ShouldBe((413, true));
        reply.Html.ShouldContain(words);
        (await visitor.ReadAsync("/you")).ShouldContain("sender");
    }

    [Fact]
    public async Task Form_of_any_other_page_is_held_to_the_usual_limit()
    {
        using var visitor = await Visitor.SignedInAsync(portal, portal.New("sender"), PersonRoles.Operator);
        var reply = await Reply.OfAsync(await visitor.PostAsync("/alerts?handler=unmute", [new("alert", new string('a', 2 * 1024 * 1024))]));
        reply.Status.ShouldBe(413);
        reply.Html.ShouldContain("At most 1,024 KiB can be sent here.");
    }

    [Fact]
    public async Task Stranger_is_asked_to_sign_in_whatever_they_send()
    {
        using var stranger = Visitor.Stranger(portal);
        using var answer = await stranger.PostAsync("/rulesets/+new?handler=import", [new("Text", "x")]);
        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }
}
