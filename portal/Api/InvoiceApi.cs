using System.Globalization;
using Rules.Client;
using Rules.Engine.Wire;
using Rules.Ledger;
using Rules.Ledger.Access;
using Rules.Portal.Access;
using InvoiceDetail = Rules.Client.InvoiceDetail;

namespace Rules.Portal.Api;

/// <summary>What postpaid use has come to, cycle by cycle.</summary>
internal static class InvoiceApi
{
    public static void MapInvoices(this RouteGroupBuilder api)
    {
        api.MapGet("/invoices", ListAsync).WithName("invoices").WithTags("Reports").Needs(KeyScopes.Read)
            .WithSummary("Bills for postpaid use, newest first")
            .WithDescription("One for each postpaid bucket at the end of a cycle, or of each month of it where the rule file bills monthly. They are entries of the journal and never "
                + "change; what was taken back since stands beside as \"credited\". Of one account, what is due and not yet posted stands first.")
            .Parameter("account", "Only this account.").Parameter("ruleset", "Only this rule set.")
            .Parameter("from", "Billed at or after.").Parameter("to", "Billed before.")
            .Parameter("limit", "1 to 500; 50 where it is left out.").Parameter("after", "The \"next\" of the page before.")
            .Parameter("format", "json or csv; json where it is left out. A CSV page names the next one in the header Link.")
            .Answers<InvoicePage>(ApiExamples.InvoicePage).Refuses(400, 404, 503);

        api.MapGet("/accounts/{account}/invoices/{entry}", GetAsync).WithName("invoice").WithTags("Reports").Needs(KeyScopes.Read)
            .WithSummary("One bill with what it is made of")
            .WithDescription("A line per action; the lines add up to the credits of the bill.")
            .Parameter("format", "json or csv; json where it is left out.")
            .Answers<InvoiceDetail>(ApiExamples.InvoiceDetail).Refuses(400, 404, 503);

        api.RefuseOthers("/invoices", HttpMethods.Get);
        api.RefuseOthers("/accounts/{account}/invoices/{entry}", HttpMethods.Get);
    }

    private static async Task<IResult> ListAsync(HttpContext context, CreditLedger ledger)
    {
        var request = context.Request;
        if (Parameters.Unknown(request, "account", "ruleset", "from", "to", "limit", "after", "format") is { } unknown)
        {
            return new ProblemBody(unknown);
        }

        if (!Parameters.TryCount(request, "limit", 50, 500, out var limit, out var problem)
            || !Parameters.TryInstant(request, "from", out var from, out problem)
            || !Parameters.TryInstant(request, "to", out var to, out problem)
            || !Parameters.TryFormat(request, out var csv, out problem)
            || !Parameters.TryCursor(request, "after", out var after, out problem))
        {
            return new ProblemBody(problem);
        }

        var account = Parameters.Text(request, "account");
        var ruleset = Parameters.Text(request, "ruleset");
        if (await LedgerApi.RestrictedAsync(context, account, ruleset) is { } restricted)
        {
            return new ProblemBody(restricted);
        }

        if (account is not null && await ledger.RulesetOfAsync(account, context.RequestAborted) is null)
        {
            return new ProblemBody(CommandAnswers.AccountUnknown(account));
        }

        var page = await ledger.InvoicesAsync(new InvoiceFilter(account, ruleset, from, to, after, limit), context.RequestAborted);
        if (!csv)
        {
            return new JsonBody(InvoiceJson.Page(page));
        }

        Parameters.LinkNext(context, page.Next);
        return new CsvBody(InvoiceJson.PageCsv(page), "invoices.csv");
    }

    private static async Task<IResult> GetAsync(string account, string entry, HttpContext context, CreditLedger ledger)
    {
        if (Parameters.Unknown(context.Request, "format") is { } unknown)
        {
            return new ProblemBody(unknown);
        }

        if (!Parameters.TryFormat(context.Request, out var csv, out var problem))
        {
            return new ProblemBody(problem);
        }

        if (await ledger.RulesetOfAsync(account, context.RequestAborted) is null)
        {
            return new ProblemBody(CommandAnswers.AccountUnknown(account));
        }

        return long.TryParse(entry, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            && await ledger.InvoiceAsync(account, sequence, context.RequestAborted) is { } invoice
                ? csv ? new CsvBody(InvoiceJson.DetailCsv(invoice), $"invoice-{account}-{sequence}.csv") : new JsonBody(InvoiceJson.Detail(invoice))
                : new ProblemBody(new Problem(
                    ProblemKinds.InvoiceUnknown, $"The account \"{WireText.Shown(account)}\" has no invoice \"{WireText.Shown(entry)}\".", "GET /v1/invoices lists them."));
    }
}
