using System.Globalization;
using Rules.Engine.Accounts;
using Rules.Engine.Wire;
using Rules.Ledger;

namespace Rules.Portal.Api;

internal static class EntryHandlers
{
    public static async Task<IResult> ListAsync(string account, HttpContext context, CreditLedger ledger)
    {
        var request = context.Request;
        if (Parameters.Unknown(request, "limit", "kind", "from", "to", "key", "after") is { } unknown)
        {
            return new ProblemBody(unknown);
        }

        if (!Parameters.TryCount(request, "limit", 50, 500, out var limit, out var problem)
            || !Parameters.TryInstant(request, "from", out var from, out problem)
            || !Parameters.TryInstant(request, "to", out var to, out problem)
            || !Parameters.TryCursor(request, "after", out var after, out problem)
            || !TryKind(request, out var kind, out problem))
        {
            return new ProblemBody(problem!);
        }

        var filter = new EntryFilter(account, null, kind, from, to, Text(request, "key"), after, limit);
        var page = await ledger.EntriesAsync(filter, context.RequestAborted);
        if (page.Items.IsEmpty && await ledger.BalanceAsync(account, null, context.RequestAborted) is null)
        {
            return new ProblemBody(CommandAnswers.AccountUnknown(account));
        }

        return new JsonBody(ReadAnswers.Entries(page));
    }

    public static async Task<IResult> ExplainAsync(string account, string entry, HttpContext context, CreditLedger ledger)
    {
        if (Parameters.Unknown(context.Request) is { } unknown)
        {
            return new ProblemBody(unknown);
        }

        var detail = long.TryParse(entry, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            ? await ledger.EntryAsync(account, sequence, context.RequestAborted)
            : null;
        if (detail is not null)
        {
            return new JsonBody(ReadAnswers.Entry(detail));
        }

        return new ProblemBody(await ledger.BalanceAsync(account, null, context.RequestAborted) is null
            ? CommandAnswers.AccountUnknown(account)
            : new Problem(ProblemKinds.EntryUnknown, $"The account \"{WireText.Shown(account)}\" has no entry \"{WireText.Shown(entry)}\".", "List its entries."));
    }

    private static bool TryKind(HttpRequest request, out EntryKind? kind, out Problem? problem)
    {
        kind = null;
        problem = null;
        if (Text(request, "kind") is not { } word || (kind = WireNames.EntryKind(word)) is not null)
        {
            return true;
        }

        problem = Parameters.Refuse($"There is no kind of entry \"{WireText.Shown(word)}\".", "Use a word such as charge, grant, expiry or subscribe.");
        return false;
    }

    private static string? Text(HttpRequest request, string name) => request.Query[name] is [{ Length: > 0 } text] ? text : null;
}
