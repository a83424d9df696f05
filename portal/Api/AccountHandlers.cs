using Rules.Engine.Accounts;
using Rules.Engine.Pricing;
using Rules.Ledger;

namespace Rules.Portal.Api;

internal static class AccountHandlers
{
    public static async Task<IResult> GetAsync(string account, HttpContext context, CreditLedger ledger)
    {
        if (Parameters.Unknown(context.Request) is { } problem)
        {
            return new ProblemBody(problem);
        }

        var balance = await ledger.BalanceAsync(account, null, context.RequestAborted);
        return balance is null ? new ProblemBody(CommandAnswers.AccountUnknown(account)) : new JsonBody(ReadAnswers.Account(balance));
    }

    public static async Task<IResult> BalanceAsync(string account, HttpContext context, CreditLedger ledger)
    {
        if (Parameters.Unknown(context.Request, "at") is { } unknown)
        {
            return new ProblemBody(unknown);
        }

        if (!Parameters.TryInstant(context.Request, "at", out var at, out var problem))
        {
            return new ProblemBody(problem);
        }

        if (at is { } asked && !Bookkeeper.IsInTime(asked))
        {
            return new ProblemBody(Problem.Of(EvaluationErrors.OutOfTime("at")));
        }

        var balance = await ledger.BalanceAsync(account, at, context.RequestAborted);
        return balance is null ? new ProblemBody(CommandAnswers.AccountUnknown(account)) : new JsonBody(BalanceJson.Write(balance));
    }
}
