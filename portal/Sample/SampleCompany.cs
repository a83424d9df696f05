using System.Collections.Immutable;
using NodaTime;
using Rules.Ledger;
using Rules.Portal.Startup;

namespace Rules.Portal.Sample;

/// <summary>
/// A made-up company with thirty days of use, so that the first page has something to show. It is written through the same commands as any other use, on a clock
/// of its own that reaches no other account, into an empty ledger only. A start that is interrupted is taken up by the next one: the keys are the same, so nothing
/// happens twice. It can be removed, and does not come back then.
/// </summary>
internal sealed class SampleCompany
{
    public const int Days = 30;

    /// <summary>The account that the greeting and the README charge; whole before the service listens.</summary>
    public const string FirstAccount = "sample-lab";

    /// <summary>Who approves what the first person writes.</summary>
    public const string SecondPerson = "Sample approver";

    // As many commands share a commit.
    private const int Together = 512;

    private readonly CreditLedger _ledger;
    private readonly CreditLedger _past;
    private readonly SampleClock _clock = new();
    private readonly SampleHistory _history;
    private readonly HashSet<string> _inUse = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Instant> _written = new(StringComparer.Ordinal);

    private SampleCompany(CreditLedger ledger, SampleHistory history)
    {
        _ledger = ledger;
        _past = ledger.OnSampleClock(_clock);
        _history = history;
    }

    /// <summary>
    /// Writes what has to be there before the service listens, where the company is wanted and the ledger has nothing else, or where an earlier start was interrupted.
    /// </summary>
    /// <returns>What is left to be written; null where nothing is.</returns>
    /// <exception cref="StartRefusedException">The company was asked for and cannot be written.</exception>
    public static async Task<SampleCompany?> BeginAsync(CreditLedger ledger, TimeProvider clock, PortalSettings settings, CancellationToken cancellationToken)
    {
        var files = new SampleFiles(settings.Home);
        if (files.IsRemoving || !ledger.KeepsSamples)
        {
            return null;
        }

        if (files.ReadPending() is not { } history)
        {
            if (settings.Sample == SampleMode.Off || files.IsRemoved || !(await ledger.AccountsAsync(new AccountFilter(Limit: 1), cancellationToken)).Items.IsEmpty)
            {
                return null;
            }

            var now = Instant.FromDateTimeOffset(clock.GetUtcNow());
            history = new SampleHistory(settings.Sample, now.InUtc().Date.PlusDays(-Days), settings.Sample == SampleMode.Small ? null : now);
            if (history.Accounts.Any(account => ledger.Rulesets.Find(account.Ruleset) is null))
            {
                return null;
            }

            await files.WritePendingAsync(history, cancellationToken);
        }

        var company = new SampleCompany(ledger, history);
        await company.ResumeAsync(cancellationToken);
        if (history.Mode == SampleMode.Full)
        {
            await company.WriteAsync([.. history.Accounts.Where(static account => account.Id == FirstAccount)], null, cancellationToken);
            return company;
        }

        await company.WriteAsync(history.Accounts, null, cancellationToken);
        files.Complete();
        return null;
    }

    /// <summary>Writes the rest.</summary>
    public async Task WriteAsync(SampleProgress progress, CancellationToken cancellationToken)
    {
        progress.Total = _history.Accounts.Sum(_history.Steps);
        await WriteAsync(_history.Accounts, progress, cancellationToken);
    }

    // What lies before an account's last entry is there already.
    private async Task ResumeAsync(CancellationToken cancellationToken)
    {
        foreach (var account in (await _ledger.AccountsAsync(new AccountFilter(Search: "sample-", Limit: 500), cancellationToken)).Items)
        {
            if (account.LastEntryAt is { } at)
            {
                _written[account.Id] = at;
            }
        }
    }

    private async Task WriteAsync(ImmutableArray<SampleAccount> accounts, SampleProgress? progress, CancellationToken cancellationToken)
    {
        var waiting = new List<(SampleStep Step, Task<CommandResult> Result)>(Together);
        for (var day = 0; day <= Days; day++)
        {
            // In order of time, each recorded when it happened: none is late.
            foreach (var step in accounts.SelectMany(account => _history.Steps(account, day)).OrderBy(static step => step.At))
            {
                if ((_written.TryGetValue(step.Account, out var written) && step.At < written) || _inUse.Contains(step.Account))
                {
                    Count(progress, 1);
                    continue;
                }

                waiting.Add((step, Send(step, cancellationToken)));
                if (waiting.Count == Together)
                {
                    await FinishAsync(waiting, progress, cancellationToken);
                }
            }
        }

        await FinishAsync(waiting, progress, cancellationToken);
    }

    private async Task FinishAsync(List<(SampleStep Step, Task<CommandResult> Result)> waiting, SampleProgress? progress, CancellationToken cancellationToken)
    {
        foreach (var (step, result) in waiting)
        {
            await ExpectDoneAsync(step, await result, cancellationToken);
        }

        Count(progress, waiting.Count);
        waiting.Clear();
    }

    private Task<CommandResult> Send(SampleStep step, CancellationToken cancellationToken)
    {
        _clock.Now = step.At;
        return step.Run(_past, cancellationToken);
    }

    // Refusals belong to the picture: an account of the Free plan runs out. Where somebody used an account before its history was whole, the rest of it is left out.
    private async Task ExpectDoneAsync(SampleStep step, CommandResult result, CancellationToken cancellationToken)
    {
        while (result.Status is CommandStatus.Busy or CommandStatus.OutcomeUnknown)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, cancellationToken);
            result = await Send(step, cancellationToken);
        }

        if (result.Status is CommandStatus.Accepted or CommandStatus.Refused || _inUse.Contains(step.Account))
        {
            return;
        }

        if (result.Error?.Code != "too_old")
        {
            throw new StartRefusedException(
                ExitCodes.Usage,
                $"The sample company does not fit the rule files: {step.Account}: {result.Status}: {result.Error?.Message} Start with Rules:Sample=off.");
        }

        _inUse.Add(step.Account);
    }

    private static void Count(SampleProgress? progress, int steps)
    {
        if (progress is not null)
        {
            progress.Done += steps;
        }
    }
}
