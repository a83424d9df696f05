using NodaTime;
using Rules.Engine.Wire;
using Rules.Ledger;

namespace Rules.Portal.Api;

internal static class UsageHandlers
{
    public static async Task<IResult> QuoteAsync(HttpContext context, CreditLedger ledger, IClock clock)
    {
        var body = await RequestBody.ReadAsync(context);
        if (body.Problem is { } problem)
        {
            return new ProblemBody(problem);
        }

        var read = EventReader.Read(body.Json.Span, clock.GetCurrentInstant());
        return read.Succeeded
            ? CommandAnswers.OfQuote(read.Value.Account, await ledger.QuoteAsync(read.Value.Account, read.Value.Usage, context.RequestAborted))
            : new ProblemBody(Problem.Of(read.Error));
    }

    public static async Task<IResult> ChargeAsync(HttpContext context, CreditLedger ledger, IClock clock)
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

        var read = EventReader.Read(body.Json.Span, clock.GetCurrentInstant());
        return read.Succeeded
            ? CommandAnswers.OfCharge(read.Value.Account, await ledger.ChargeAsync(read.Value.Account, read.Value.Usage, key, context.RequestAborted))
            : new ProblemBody(Problem.Of(read.Error));
    }
}
