using NodaTime;
using Rules.Engine.Wire;
using Rules.Ledger;
using Rules.Portal.Access;

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
            ? CommandAnswers.OfQuote(read.Value.Account, await ledger.QuoteAsync(read.Value.Account, read.Value.Command, context.RequestAborted))
            : new ProblemBody(Problem.Of(read.Error));
    }

    public static Task<IResult> QuoteManyAsync(HttpContext context, CreditLedger ledger, IClock clock, RequestRates rates) =>
        BulkRequest.RunAsync(context, rates, ofCommands: false, async item =>
        {
            var read = EventReader.Read(item.Span, clock.GetCurrentInstant());
            return read.Succeeded
                ? CommandAnswers.OfQuote(read.Value.Account, await ledger.QuoteAsync(read.Value.Account, read.Value.Command, context.RequestAborted))
                : new ProblemBody(Problem.Of(read.Error));
        });
}
