using Rules.Engine.Wire;
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

        var balance = await ledger.BalanceAsync(account, at, context.RequestAborted);
        return balance switch
        {
            { Stuck: null } => new JsonBody(BalanceJson.Write(balance)),
            { Stuck: { Member: "at" } outside } => new ProblemBody(Parameters.Refuse(outside.Message, "Ask for another instant.")),
            { Stuck: { } stuck } => new ProblemBody(Problem.Of(stuck)),
            null when at is { } early && await ledger.RulesetOfAsync(account, context.RequestAborted) is not null => new ProblemBody(
                Parameters.Refuse($"The account \"{account}\" was not open at {InstantText.Format(early)}.", "Ask for a later instant.")),
            null => new ProblemBody(CommandAnswers.AccountUnknown(account)),
        };
    }
}
