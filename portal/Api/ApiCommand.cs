using NodaTime;
using Rules.Engine.Wire;
using Rules.Ledger;
using Rules.Portal.Access;

namespace Rules.Portal.Api;

/// <summary>A command of the interface: how its JSON is read and what runs it, by itself and as one of many.</summary>
internal sealed class ApiCommand<TCommand>(ApiCommand<TCommand>.Reader read, ApiCommand<TCommand>.Runner run)
    where TCommand : class
{
    public delegate WireReading<AccountCommand<TCommand>> Reader(ReadOnlySpan<byte> json, Instant now, CommandPlace place);

    public delegate Task<CommandResult> Runner(CreditLedger ledger, string account, TCommand command, string key, CancellationToken cancellationToken);

    public async Task<IResult> RunAsync(HttpContext context, CreditLedger ledger, IClock clock)
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

        var reading = read(body.Json.Span, clock.GetCurrentInstant(), CommandPlace.Body);
        return reading.Succeeded
            ? await AnswerAsync(ledger, context.GetRouteValue("account") as string ?? reading.Value.Account, reading.Value.Command, key, context.RequestAborted)
            : new ProblemBody(Problem.Of(reading.Error));
    }

    public Task<IResult> RunManyAsync(HttpContext context, CreditLedger ledger, IClock clock, RequestRates rates) =>
        BulkRequest.RunAsync(context, rates, ofCommands: true, item =>
        {
            var reading = read(item.Span, clock.GetCurrentInstant(), CommandPlace.Item);
            return reading.Succeeded
                ? AnswerAsync(ledger, reading.Value.Account, reading.Value.Command, reading.Value.Key!, context.RequestAborted)
                : Task.FromResult<IResult>(new ProblemBody(Problem.Of(reading.Error)));
        });

    private async Task<IResult> AnswerAsync(CreditLedger ledger, string account, TCommand command, string key, CancellationToken cancellationToken) =>
        CommandAnswers.Of(account, await run(ledger, account, command, key, cancellationToken));
}
