using System.Net;
using Rules.Engine.Accounts;
using Rules.Ledger;
using Rules.Ledger.People;
using Rules.Portal.Tests.Api;
using Rules.Portal.Tests.Drafts;
using Shouldly;
using Xunit;

namespace Rules.Portal.Tests.Accounts;

/// <summary>What an operator does by hand goes through the ledger's own commands, once.</summary>
[Collection(SharedPortal.Name)]
public sealed class OperatorTests(RunningPortal portal)
{
    [Theory]
    [InlineData(PersonRoles.Viewer)]
    [InlineData(PersonRoles.Editor | PersonRoles.Approver)]
    [InlineData(PersonRoles.Admin)]
    public async Task S2_Nobody_but_an_operator_does_anything_to_an_account(PersonRoles role)
    {
        var account = await portal.OpenBookbagAsync("Hobby");
        using var visitor = await Visitor.SignedInAsync(portal, portal.New("visitor"), role);
        foreach (var what in (string[])["grant", "void", "reverse", "plan"])
        {
            using var page = await visitor.GetAsync($"/accounts/{account}/do/{what}");
            page.StatusCode.ShouldBe(HttpStatusCode.Forbidden, what);
            using var sent = await visitor.PostAsync($"/accounts/{account}/do/{what}",
            [
                new("Bucket", "allotment"), new("Amount", "5"), new("Plan", "Pro"), new("confirmed", "true"), new("__RequestVerificationToken", SignInForm.Token(await visitor.ReadAsync("/you"))),
            ]);
            sent.StatusCode.ShouldBe(HttpStatusCode.Forbidden, what);
        }

        (await portal.Portal.Ledger.EntriesAsync(new EntryFilter(account, Kind: EntryKind.Grant), default)).Items.Length.ShouldBeLessThanOrEqualTo(1);
        (await visitor.ReadAsync($"/accounts/{account}")).ShouldNotContain("/do/grant");
    }

    [Fact]
    public async Task Form_that_is_sent_twice_does_it_once_and_says_who_did_it()
    {
        var account = await portal.OpenBookbagAsync("Hobby");
        var name = portal.New("operator");
        using var visitor = await Visitor.SignedInAsync(portal, name, PersonRoles.Operator);
        var address = $"/accounts/{account}/do/grant";
        var html = await visitor.ReadAsync(address);
        var key = Between(html, "name=\"key\" value=\"", "\"");
        KeyValuePair<string, string>[] form =
        [
            new("Bucket", "allotment"), new("Amount", "25"), new("key", key), new("confirmed", "true"), new("__RequestVerificationToken", SignInForm.Token(html)),
        ];
        var first = await Reply.OfAsync(await visitor.PostAsync(address, form));
        var second = await Reply.OfAsync(await visitor.PostAsync(address, form));

        first.Location.ShouldNotBeNull().ShouldStartWith($"/accounts/{account}/entries/");
        second.Location.ShouldBe(first.Location);
        var person = (await portal.Portal.Ledger.People.FindByNameAsync(name, default))!;
        var entry = (await portal.Portal.Ledger.EntriesAsync(new EntryFilter(account, IdempotencyKey: key), default)).Items.Single();
        (entry.Amount, entry.IdempotencyKey.StartsWith($"portal:{person.Id}:", StringComparison.Ordinal)).ShouldBe((25, true));

        // The same form with another amount.
        form[1] = new("Amount", "26");
        var other = await Reply.OfAsync(await visitor.PostAsync(address, form));
        (other.Status, other.Html.Contains("This form was sent before with other values", StringComparison.Ordinal)).ShouldBe((422, true));
    }

    [Theory]
    [InlineData("grant", "Amount", "0", "Write a whole number of credits above zero.")]
    [InlineData("grant", "Amount", "1e5", "Write a whole number of credits above zero")]
    [InlineData("grant", "Expires", "2026-13-01", "\"2026-13-01\" is not a day")]
    [InlineData("grant", "Expires", "2020-01-01", "This day is over.")]
    [InlineData("grant", "Bucket", "no-such", "Choose the bucket")]
    [InlineData("void", "Grant", "no-such", "Choose a grant that has credits left.")]
    [InlineData("reverse", "Use", " ", "Name the use")]
    [InlineData("plan", "Plan", "Hobby", "The account is on plan Hobby already.")]
    [InlineData("plan", "Plan", "no-such", "Choose a plan.")]
    public async Task What_cannot_be_used_is_said_and_nothing_is_done(string what, string field, string value, string problem)
    {
        var account = await portal.OpenBookbagAsync("Hobby");
        using var visitor = await Visitor.SignedInAsync(portal, portal.New("operator"), PersonRoles.Operator);
        var address = $"/accounts/{account}/do/{what}";
        var fields = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Bucket"] = "allotment",
            ["Amount"] = "5",
            ["confirmed"] = "true",
            ["__RequestVerificationToken"] = SignInForm.Token(await visitor.ReadAsync(address)),
            [field] = value,
        };
        var before = (await portal.Portal.Ledger.EntriesAsync(new EntryFilter(account), default)).Items.Length;
        var reply = await Reply.OfAsync(await visitor.PostAsync(address, fields));
        reply.Status.ShouldBe(422);
        reply.Html.ShouldContain(problem);
        (await portal.Portal.Ledger.EntriesAsync(new EntryFilter(account), default)).Items.Length.ShouldBe(before);
    }

    [Fact]
    public async Task Void_reversal_and_plan_change_are_entries_of_the_ledger()
    {
        var account = await portal.OpenBookbagAsync("Hobby");
        using var visitor = await Visitor.SignedInAsync(portal, portal.New("operator"), PersonRoles.Operator);
        await DoAsync(visitor, account, "plan", ("Plan", "Standard"));
        await DoAsync(visitor, account, "grant", ("Bucket", "allotment"), ("Amount", "7"));
        var lot = (await portal.Portal.Ledger.BalanceAsync(account, null, default))!.Lots.Single(state => state.Available == 7).Lot.Id;
        await DoAsync(visitor, account, "void", ("Grant", lot));
        (await portal.Portal.Ledger.EntriesAsync(new EntryFilter(account), default)).Items.Select(entry => entry.Kind).Take(1)
            .ShouldBe([EntryKind.Void]);
        (await portal.Portal.Ledger.BalanceAsync(account, null, default))!.Plan.ShouldBe("Standard");
    }

    private static async Task DoAsync(Visitor visitor, string account, string what, params (string Name, string Value)[] fields)
    {
        var reply = await visitor.SendAsync($"/accounts/{account}/do/{what}", "", [.. fields, ("confirmed", "true")]);
        reply.Location.ShouldNotBeNull(reply.Html);
    }

    private static string Between(string text, string before, string after)
    {
        var start = text.IndexOf(before, StringComparison.Ordinal) + before.Length;
        return text[start..text.IndexOf(after, start, StringComparison.Ordinal)];
    }
}
