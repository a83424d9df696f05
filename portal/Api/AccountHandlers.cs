using NodaTime;
using Rules.Engine.Wire;
using Rules.Ledger;

namespace Rules.Portal.Api;

internal static class AccountHandlers
{
    public static async Task<IResult> OpenAsync(HttpContext context, CreditLedger ledger, IClock clock)
    {
        if (!IdempotencyKey.TryRead(context.Request, out var key, out var problem))
        {
            return new ProblemBody(problem);
        }

        var body = await RequestBody.ReadAsync(context);
        if (body.Problem is not null)
        {
            return new ProblemBody(body.Problem);
        }

        var read = CommandReader.ReadOpenAccount(body.Json.Span, clock.GetCurrentInstant());
        return read.Succeeded
            ? CommandAnswers.Of(read.Value.Id, await ledger.OpenAccountAsync(read.Value, key, context.RequestAborted))
            : new ProblemBody(Problem.Of(read.Error));
    }

    public static async Task<IResult> GrantAsync(HttpContext context, CreditLedger ledger, IClock clock)
    {
        if (!IdempotencyKey.TryRead(context.Request, out var key, out var problem))
        {
            return new ProblemBody(problem);
        }

        var body = await RequestBody.ReadAsync(context);
        if (body.Problem is not null)
        {
            return new ProblemBody(body.Problem);
        }

        var read = CommandReader.ReadGrant(body.Json.Span, clock.GetCurrentInstant());
        return read.Succeeded
            ? CommandAnswers.Of(read.Value.Account, await ledger.GrantAsync(read.Value.Account, read.Value.Grant, key, context.RequestAborted))
            : new ProblemBody(Problem.Of(read.Error));
    }

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
        return balance is null ? new ProblemBody(CommandAnswers.AccountUnknown(account)) : new JsonBody(BalanceJson.Write(balance));
    }
}
