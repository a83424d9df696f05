using System.Collections.Immutable;
using System.Globalization;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Pricing;
using Rules.Ledger;

namespace Rules.Portal.Sample;

/// <summary>A command of the history: what <paramref name="Run"/> sends, and when.</summary>
internal sealed record SampleStep(string Account, Instant At, Func<CreditLedger, CancellationToken, Task<CommandResult>> Run);

/// <summary>Something that happens once, beside the use of every day.</summary>
/// <param name="Key">Idempotency key within the account.</param>
internal sealed record SampleTurn(int Day, int Hour, string Key, Func<CreditLedger, Instant, string, string, CancellationToken, Task<CommandResult>> Run);

/// <summary>One account of the sample company, what it uses and what happens to it. The same seed gives the same history.</summary>
/// <param name="OpensOnDay">Days after the history's first day.</param>
/// <param name="Use">What is used at a throw of the dice; without its instant.</param>
internal sealed record SampleAccount(string Id, string Ruleset, int OpensOnDay, SampleRhythm Rhythm, Func<SampleDice, UsageEvent> Use)
{
    public string? Plan { get; init; }

    public ImmutableArray<NamedText> Facts { get; init; } = [];

    public ImmutableArray<NamedText> Terms { get; init; } = [];

    public ImmutableArray<SampleTurn> Turns { get; init; } = [];

    /// <summary>The commands of a day, in order of time.</summary>
    public IEnumerable<SampleStep> Steps(Instant firstDay, int day)
    {
        if (day < OpensOnDay)
        {
            return [];
        }

        var midnight = firstDay + Duration.FromDays(day);
        var uses = Rhythm.Of(Id, midnight, day).Select((at, turn) => Used(at, day, turn));
        var turns = Turns.Where(turn => turn.Day == day).Select(turn => Turned(turn, midnight + Duration.FromHours(turn.Hour)));
        var steps = uses.Concat(turns).OrderBy(static step => step.At);
        return day == OpensOnDay ? steps.Prepend(Opened(midnight)) : steps;
    }

    private SampleStep Opened(Instant at) => new(Id, at, (ledger, cancellationToken) =>
        ledger.OpenAccountAsync(new OpenAccount(Id, Ruleset, at) { Plan = Plan, Facts = Facts, Terms = Terms }, Id + ":open", cancellationToken));

    private SampleStep Used(Instant at, int day, int turn) => new(Id, at, (ledger, cancellationToken) => ledger.ChargeAsync(
        Id, Use(new SampleDice(Id, (day * 1_000_000L) + turn + 500_000)) with { OccurredAt = at }, Key(Id, day, turn), cancellationToken));

    private SampleStep Turned(SampleTurn turn, Instant at) => new(Id, at, (ledger, cancellationToken) => turn.Run(ledger, at, Id, Id + ":" + turn.Key, cancellationToken));

    /// <summary>The idempotency key of a use, which is its id.</summary>
    public static string Key(string account, int day, int turn) => string.Create(CultureInfo.InvariantCulture, $"{account}:{day}:{turn}");
}
