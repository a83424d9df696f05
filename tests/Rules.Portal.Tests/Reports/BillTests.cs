using System.Net;
using System.Text;
using Rules.Client;
using Rules.Ledger;
using Rules.Ledger.People;
using Rules.Portal.Tests.Api;
using Rules.Portal.Tests.Drafts;
using Shouldly;
using Xunit;

namespace Rules.Portal.Tests.Reports;

/// <summary>A bill beside the ledger, by somebody whose browser runs no script.</summary>
[Collection(SharedPortal.Name)]
public sealed class BillTests(RunningPortal portal)
{
    private const string List = "/reports/bills";

    [Fact]
    public async Task Bill_is_compared_with_what_was_charged_and_the_ledger_stays_as_it_is()
    {
        var (billed, forgotten) = (await ChargedAsync(500), await ChargedAsync(250));
        using var visitor = await Visitor.SignedInAsync(portal, portal.New("operator"), PersonRoles.Operator);
        var entries = (await portal.Portal.Ledger.EntriesAsync(new EntryFilter(Limit: 500), default)).Items.Length;
        var address = await BringAsync(visitor, $"customer,net\n{billed},0.75\n{billed},0.50\n=ghost(),2\n");

        var query = "?by=account&value=customer&amount=net&day=-&price=2";
        var html = WebUtility.HtmlDecode(await visitor.ReadAsync(address + query));
        html.ShouldContain("not in the ledger");
        html.ShouldContain("not on the bill");
        var csv = (await visitor.ReadAsync(address + query + "&handler=csv")).Split("\r\n");
        csv[0].ShouldBe("account,billed,charged,difference,stands");
        csv.ShouldContain($"{billed},1.25,1,0.25,both");
        csv.ShouldContain($"{forgotten},,0.5,-0.5,not on the bill");
        csv.ShouldContain("'=ghost(),2,,2,not in the ledger");
        (await portal.Portal.Ledger.EntriesAsync(new EntryFilter(Limit: 500), default)).Items.Length.ShouldBe(entries);

        (await visitor.SendAsync(address, "discard")).Location.ShouldBe(List);
        using var gone = await visitor.GetAsync(address);
        gone.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Columns_are_guessed_and_what_cannot_be_read_is_named_by_its_line()
    {
        using var visitor = await Visitor.SignedInAsync(portal, portal.New("operator"), PersonRoles.Operator);
        var address = await BringAsync(visitor, "Total,Timestamp,Customer\n5 EUR,2026-05-01,acme\n1,yesterday,acme\n");
        var html = WebUtility.HtmlDecode(await visitor.ReadAsync(address));
        html.ShouldContain("<option value=\"Customer\" selected=\"selected\">");
        html.ShouldContain("<option value=\"Total\" selected=\"selected\">");
        html.ShouldContain("<option value=\"Timestamp\" selected=\"selected\">");
        html.ShouldContain("2 lines cannot be read, so nothing is compared.");
        html.ShouldContain("Line 2, Total: \"5 EUR\" is not a plain number.");
        html.ShouldContain("Line 3, Timestamp: \"yesterday\" is no day.");
        using var csv = await visitor.GetAsync(address + "?handler=csv");
        csv.StatusCode.ShouldBe(HttpStatusCode.NotFound);

        html = WebUtility.HtmlDecode(await visitor.ReadAsync(address + "?value=Customer&amount=Total&day=-&price=0&from=soon"));
        html.ShouldContain("Write what a credit costs on the bill");
        html.ShouldContain("\"soon\" is not a day");
        html.ShouldContain("Nothing is compared before");
    }

    [Theory]
    [InlineData("bill.txt", "customer,amount\n", "A bill is a CSV file")]
    [InlineData("bill.csv", "", "Choose a file that is not empty.")]
    public async Task File_that_is_no_bill_is_refused(string name, string text, string problem)
    {
        using var visitor = await Visitor.SignedInAsync(portal, portal.New("operator"), PersonRoles.Operator);
        var reply = await visitor.UploadAsync(List, "", "file", Encoding.UTF8.GetBytes(text), name, ("Ruleset", "biodock"));
        reply.Status.ShouldBe(422);
        reply.Html.ShouldContain(problem);
    }

    [Fact]
    public async Task S2_Nobody_but_an_operator_or_an_admin_brings_and_discards_bills()
    {
        using var worker = await Visitor.SignedInAsync(portal, portal.New("operator"), PersonRoles.Operator);
        var address = await BringAsync(worker, "customer,amount\nacme,5\n");
        using var visitor = await Visitor.SignedInAsync(portal, portal.New("visitor"), PersonRoles.Viewer | PersonRoles.Editor | PersonRoles.Approver);
        var token = SignInForm.Token(await visitor.ReadAsync("/you"));
        (await visitor.ReadAsync(List)).ShouldNotContain("type=\"file\"");
        (await visitor.ReadAsync(address)).ShouldNotContain("Discard");
        using var brought = await visitor.PostAsync(List, [new("Ruleset", "biodock"), new("__RequestVerificationToken", token)]);
        using var discarded = await visitor.PostAsync(address + "?handler=discard", [new("__RequestVerificationToken", token)]);
        (brought.StatusCode, discarded.StatusCode).ShouldBe((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden));
        (await visitor.ReadAsync(address)).ShouldContain("acme");
    }

    private static async Task<string> BringAsync(Visitor visitor, string text)
    {
        var reply = await visitor.UploadAsync(List, "", "file", Encoding.UTF8.GetBytes(text), "bill.csv", ("Ruleset", "biodock"));
        return reply.Location.ShouldNotBeNull(reply.Html);
    }

    // A thousandth of a credit an image.
    private async Task<string> ChargedAsync(int images)
    {
        var account = await portal.OpenBiodockAsync();
        (await portal.Client.ChargeAsync(
            new UsageEvent
            {
                Account = account,
                Action = "analysis",
                Quantities = new Dictionary<string, decimal> { ["image"] = images, ["crop"] = 0 },
                Keys = new Dictionary<string, string> { ["run"] = portal.New("run") },
            }, portal.New("key"))).EnsureGranted();
        return account;
    }
}
