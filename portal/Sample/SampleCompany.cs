using System.Collections.Immutable;
using System.Globalization;
using NodaTime;
using NodaTime.Text;
using Rules.Engine.Pricing;
using Rules.Ledger;
using Rules.Portal.Startup;

namespace Rules.Portal.Sample;

/// <summary>
/// A made-up company with six accounts on two price lists and thirty days of use, so that the first page has something to show. All ids begin
/// with <c>sample-</c>. It is written through the same commands as any other use, into an empty ledger only, before the service listens; while
/// it is written the ledger's clock stands at the instant of the use. A start that is interrupted is taken up by the next one: the keys are
/// the same, so nothing happens twice.
/// </summary>
internal static class SampleCompany
{
    public const int Days = 30;

    /// <summary>The account that the greeting and the README charge.</summary>
    public const string FirstAccount = "sample-lab";

    /// <summary>Who approves what the first person writes.</summary>
    public const string SecondPerson = "Sample approver";

    private static readonly ImmutableArray<SampleAccount> _accounts =
    [
        new(FirstAccount, "biodock", 0, 3, Analysis(3_000, 60_000)),
        new("sample-clinic", "biodock", 2, 2, dice => dice.Roll(4) == 0 ? Training(dice) : Analysis(400, 9_000)(dice)),
        new("sample-archive", "biodock", 5, 1, Analysis(2_000, 20_000)) { Facts = [new("contract", "file-size")] },
        new("sample-shop", "bookbag", 0, 6, Reply("GPT-4o mini", "Claude Haiku 4.5", "Claude Sonnet 4.6", "GPT-4o")) { Plan = "Hobby" },
        new("sample-school", "bookbag", 1, 3, Reply("Bookbag Local", "Claude Haiku 4.5", "GPT-4o")) { Plan = "Free" },
        new("sample-agency", "bookbag", 3, 2, Reply("Claude Sonnet 4.6", "GPT-4o")) { Plan = "Pro", Facts = [new("keys", "own")] },
    ];

    /// <summary>Writes the company where it is wanted and the ledger has nothing else, or goes on where an earlier start was interrupted.</summary>
    public static async Task WriteAsync(CreditLedger ledger, ServiceClock clock, PortalSettings settings, CancellationToken cancellationToken)
    {
        // Holds the first day while the history is not complete.
        var pending = Path.Combine(settings.Home, "sample-company.pending");
        if (!File.Exists(pending))
        {
            var isEmpty = (await ledger.AccountsAsync(new AccountFilter(Limit: 1), cancellationToken)).Items.IsEmpty;
            if (!settings.Sample || !isEmpty || _accounts.Any(account => ledger.Rulesets.Find(account.Ruleset) is null))
            {
                return;
            }

            // Whole or not at all: a start that is cut off here leaves no day that the next one cannot read.
            await File.WriteAllTextAsync(pending + ".new", LocalDatePattern.Iso.Format(Today(clock).PlusDays(-Days)), cancellationToken);
            File.Move(pending + ".new", pending, overwrite: true);
        }

        var firstDay = LocalDatePattern.Iso.Parse((await File.ReadAllTextAsync(pending, cancellationToken)).Trim()).GetValueOrThrow();
        try
        {
            await WriteAsync(ledger, clock, firstDay.AtMidnight().InUtc().ToInstant(), cancellationToken);
        }
        finally
        {
            clock.Release();
        }

        File.Delete(pending);
    }

    private static async Task WriteAsync(CreditLedger ledger, ServiceClock clock, Instant firstDay, CancellationToken cancellationToken)
    {
        for (var day = 0; day < Days; day++)
        {
            var from = firstDay + Duration.FromDays(day);
            clock.HoldAt(from.ToDateTimeOffset());
            foreach (var account in _accounts.Where(account => account.OpensOnDay == day))
            {
                await ExpectDone(ledger.OpenAccountAsync(account.Open(firstDay), account.Id + ":open", cancellationToken), account.Id);
            }

            // In order of time, each recorded when it happened: none is late.
            var uses = _accounts.SelectMany(account => account.Uses(firstDay, from, from + Duration.FromDays(1)).Select(use => (Account: account.Id, use.Key, use.Usage)));
            foreach (var (account, key, usage) in uses.OrderBy(use => use.Usage.OccurredAt))
            {
                clock.HoldAt(usage.OccurredAt.ToDateTimeOffset());
                await ExpectDone(ledger.ChargeAsync(account, usage, key, cancellationToken), account);
            }
        }
    }

    // Refusals belong to the picture: an account of the Free plan runs out. Anything else means that rule files and sample do not fit together.
    private static async Task ExpectDone(Task<CommandResult> command, string account)
    {
        var result = await command;
        if (result.Status is not (CommandStatus.Accepted or CommandStatus.Refused))
        {
            throw new StartRefusedException(
                ExitCodes.Usage,
                $"The sample company does not fit the rule files: {account}: {result.Status}: {result.Error?.Message} Start with Rules:Sample=off.");
        }
    }

    private static LocalDate Today(TimeProvider clock) => LocalDate.FromDateOnly(DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime));

    private static Func<SampleDice, UsageEvent> Analysis(int images, int crops) => dice => new UsageEvent
    {
        OccurredAt = default,
        Action = "analysis",
        Quantities = [new("image", 1 + dice.Roll(images)), new("crop", dice.Roll(crops))],
        Keys = [new("run", string.Create(CultureInfo.InvariantCulture, $"run-{dice.Roll(90_000) + 10_000}"))],
        Record = [new("project", dice.Pick("tissue", "cells", "plates"))],
    };

    private static UsageEvent Training(SampleDice dice) => new()
    {
        OccurredAt = default,
        Action = "training",
        Facts = dice.Roll(2) == 0 ? [new("region-classes", "yes"), new("object-classes", "yes")] : [new("region-classes", "yes")],
    };

    private static Func<SampleDice, UsageEvent> Reply(params string[] models) => dice => new UsageEvent
    {
        OccurredAt = default,
        Action = "reply",
        Facts = [new("model", dice.Pick<string>(models))],
        Record = [new("agent", dice.Pick("helpdesk", "onboarding", "sales")), new("conversation", string.Create(CultureInfo.InvariantCulture, $"c-{dice.Roll(900) + 100}"))],
    };
}
