using Rules.Client;
using Shouldly;
using Xunit;

namespace Rules.Portal.Tests.Api;

/// <summary>Bills for postpaid use, over a real socket.</summary>
[Collection(SharedPortal.Name)]
public sealed class InvoiceTests(RunningPortal portal)
{
    [Fact]
    public async Task Bill_of_a_cycle_is_listed_and_made_of_its_uses()
    {
        var account = await OpenAsync();
        await UseAsync(account, "training", 40);
        var use = await UseAsync(account, "training", 30);
        await UseAsync(account, "data", 5);
        (await portal.Client.InvoicesAsync(account)).EnsureGranted().Invoices.ShouldBeEmpty();
        // 60 are included: 10 of the second use and the third go to flex, of which 2 come back.
        (await portal.Client.ReverseAsync(new NewReversal { Account = account, Id = use, Amount = 2 }, portal.New("undo"))).EnsureGranted();
        (await portal.Client.ResetAsync(new NewReset { Account = account, Cycle = "restart" }, portal.New("reset"))).EnsureGranted();

        var bill = (await portal.Client.InvoicesAsync(account)).EnsureGranted().Invoices.Single();
        (bill.Bucket, bill.Cycle, bill.Credits, bill.Price, bill.Currency, bill.Amount).ShouldBe(("flex", 0, 13m, "4", "USD", 52m));
        bill.From.ShouldNotBeNull().ShouldBeLessThan(bill.To);

        var detail = (await portal.Client.InvoiceAsync(account, bill.Entry!.Value)).EnsureGranted();
        detail.Lines.Select(line => (line.Action, line.Uses, line.Credits)).ShouldBe([("data", 1, 5m), ("training", 1, 8m)]);
        (detail.Id, detail.Amount, detail.Credited).ShouldBe((bill.Id, bill.Amount, 0m));
        (await portal.Client.EntryAsync(account, bill.Entry.Value)).EnsureGranted().Kind.ShouldBe("postpaid-bill");

        // What comes back later is credited: the bill stays.
        var back = (await portal.Client.ReverseAsync(new NewReversal { Account = account, Id = use, Amount = 3 }, portal.New("undo"))).EnsureGranted();
        back.CreditNotes!.Single().ShouldBe(new CreditNote { Bucket = "flex", Cycle = 0, Amount = 3 });
        var credited = (await portal.Client.InvoicesAsync(account)).EnsureGranted().Invoices.Single();
        (credited.Amount, credited.Credits, credited.Credited).ShouldBe((52m, 13m, 3m));
        (await portal.Portal.Ledger.VerifyAsync(account, null, default)).Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task Bills_are_paged_newest_first_and_stand_in_statements()
    {
        var account = await OpenAsync();
        foreach (var _ in new[] { 1, 2, 3 })
        {
            await UseAsync(account, "training", 61);
            (await portal.Client.ResetAsync(new NewReset { Account = account, Cycle = "restart" }, portal.New("reset"))).EnsureGranted();
        }

        var paged = new List<Invoice>();
        string? after = null;
        do
        {
            var page = (await portal.Client.InvoicesAsync(account, limit: 1, after: after)).EnsureGranted();
            paged.AddRange(page.Invoices);
            after = page.Next;
        }
        while (after is not null);
        paged.Select(invoice => invoice.Cycle).ShouldBe([2, 1, 0]);

        var now = TimeProvider.System.GetUtcNow();
        var statement = (await portal.Client.StatementAsync(account, now.AddDays(-1), now.AddDays(1))).EnsureGranted();
        statement.Bills.ShouldBe(paged.AsEnumerable().Reverse());
        (statement.Opening + statement.Lines.Sum(line => line.Available)).ShouldBe(statement.Closing);
        (await portal.Client.InvoicesAsync(account, to: now.AddDays(-1))).EnsureGranted().Invoices.ShouldBeEmpty();
        (await portal.Client.InvoicesAsync(account, ruleset: "bookbag")).EnsureGranted().Invoices.ShouldBeEmpty();
    }

    [Fact]
    public async Task Invoices_as_csv_have_a_row_each()
    {
        var account = await OpenAsync();
        await UseAsync(account, "training", 70);
        (await portal.Client.ResetAsync(new NewReset { Account = account, Cycle = "restart" }, portal.New("reset"))).EnsureGranted();
        var bill = (await portal.Client.InvoicesAsync(account)).EnsureGranted().Invoices.Single();

        var list = await portal.Http.GetStringAsync(new Uri($"/v1/invoices?account={account}&format=csv", UriKind.Relative));
        var detail = await portal.Http.GetStringAsync(new Uri($"/v1/accounts/{account}/invoices/{bill.Entry}?format=csv", UriKind.Relative));

        list.Split("\r\n")[0].ShouldBe("account,ruleset,invoice,bucket,cycle,from,to,credits,price,currency,amount,exact,credited,receiver,entry,recorded_at");
        list.Split("\r\n")[1].ShouldStartWith($"{account},roboflow,sys:bill:flex:0,flex,0,");
        list.ShouldContain(",10,4,USD,40,40,0,");
        detail.Split("\r\n")[1].ShouldStartWith($"training,1,10,{account},roboflow,sys:bill:flex:0,");
        var now = TimeProvider.System.GetUtcNow();
        var statement = (await portal.Http.GetStringAsync(new Uri(
            $"/v1/accounts/{account}/statement?from={now.AddDays(-1):yyyy-MM-dd}T00:00:00Z&to={now.AddDays(1):yyyy-MM-dd}T23:00:00Z&format=csv", UriKind.Relative))).Split("\r\n");
        statement.Select(row => row.Split(',').Length).Distinct().Take(2).ShouldBe([24, 1]);
        statement.Single(row => row.StartsWith($"{account},bill,", StringComparison.Ordinal)).ShouldStartWith($"{account},bill,,,,,,,,,sys:bill:flex:0,flex,0,");
    }

    [Fact]
    public async Task Credits_bought_with_each_cycle_come_with_the_opening_and_with_every_renewal()
    {
        var account = portal.New("desk");
        var opened = (await portal.Client.OpenAccountAsync(
            new NewAccount { Account = account, Ruleset = "bookbag", Plan = "Hobby", Addons = [new Addon { Amount = 500, Into = "allotment" }] }, portal.New("open"))).EnsureGranted();

        opened.Balances["allotment"].ShouldBe(2500);
        (await portal.Client.ResetAsync(new NewReset { Account = account }, portal.New("reset"))).EnsureGranted().Balances["allotment"].ShouldBe(2500);
        (await portal.Client.OpenAccountAsync(
            new NewAccount { Account = portal.New("desk"), Ruleset = "bookbag", Addons = [new Addon { Amount = 5, Into = "nothing" }] }, portal.New("open"))).Problem!.Code.ShouldBe("RT14");
    }

    [Theory]
    [InlineData("/v1/invoices?account=nobody", "account_unknown")]
    [InlineData("/v1/invoices?limit=501", "parameter_invalid")]
    [InlineData("/v1/invoices?format=xml", "parameter_invalid")]
    [InlineData("/v1/invoices?month=5", "parameter_invalid")]
    [InlineData("/v1/accounts/nobody/invoices/1", "account_unknown")]
    public async Task Question_that_cannot_be_answered_says_why(string path, string code)
    {
        using var response = await portal.Http.GetAsync(new Uri(path, UriKind.Relative));
        (await response.CodeAsync()).ShouldBe(code);
    }

    [Fact]
    public async Task Entry_that_is_no_bill_is_no_invoice()
    {
        var account = await OpenAsync();

        (await portal.Client.InvoiceAsync(account, 1)).Problem!.Code.ShouldBe("invoice_unknown");
        (await portal.Client.InvoiceAsync(account, 99)).Problem!.Code.ShouldBe("invoice_unknown");
    }

    private async Task<string> OpenAsync()
    {
        var account = portal.New("flex");
        (await portal.Client.OpenAccountAsync(
            new NewAccount
            {
                Account = account,
                Ruleset = "roboflow",
                Plan = "Core",
                Facts = new Dictionary<string, string> { ["created"] = "2026-04-02" },
                Terms = new Dictionary<string, string> { ["core-included"] = "60" },
            }, portal.New("open"))).EnsureGranted();
        return account;
    }

    private async Task<string> UseAsync(string account, string action, decimal units)
    {
        var key = portal.New("run");
        (await portal.Client.ChargeAsync(
            new UsageEvent { Account = account, Action = action, Quantities = new Dictionary<string, decimal> { [$"{action}-unit"] = units } }, key)).EnsureGranted();
        return key;
    }
}
