using System.Diagnostics;
using Rules.Ledger.Storage;

namespace Rules.Ledger.Writing;

/// <summary>Runs batches of commands in transactions and completes them.</summary>
/// <param name="rulesets">Brought up to date before a command is booked where other nodes publish as well; null where no rules are read.</param>
/// <param name="remembered">Accounts that need not be read; null where all of them are.</param>
internal sealed class BatchRunner(ILedgerStore store, RetryPolicy retry, RulesetCatalogue? rulesets, RememberedAccounts? remembered = null)
{
    /// <summary>What became of the commands of one transaction.</summary>
    private enum Attempt
    {
        /// <summary>All of them are complete.</summary>
        Done,

        /// <summary>None is complete, and each must be run alone; only of more than one.</summary>
        Failed,

        /// <summary>The store did not begin; all of them are complete as <see cref="CommandStatus.OutcomeUnknown"/>.</summary>
        NotBegun,
    }

    /// <summary>
    /// Runs commands in one transaction and completes them; in one for each account where the store has several writers. What fails in passing is run
    /// again as a whole. If it still throws, they are run one by one: a command that a store or a bug refuses fails alone, and one that was committed
    /// after all is found by its key. A store that does not even begin is asked once for all of them: a file that is locked for seconds must not keep
    /// each of five hundred callers for as long.
    /// </summary>
    public async Task RunAsync(IReadOnlyList<PendingCommand> batch)
    {
        if (store.Writers > 1 && batch.Any(command => !string.Equals(command.Account, batch[0].Account, StringComparison.Ordinal)))
        {
            foreach (var account in batch.GroupBy(command => command.Account, StringComparer.Ordinal))
            {
                await RunAsync([.. account]);
            }

            return;
        }

        if (await TryRunAsync(batch) != Attempt.Failed)
        {
            return;
        }

        for (var i = 0; i < batch.Count; i++)
        {
            if (await TryRunAsync([batch[i]]) == Attempt.NotBegun)
            {
                Unknown(batch.Skip(i + 1));
                return;
            }
        }
    }

    private async Task<Attempt> TryRunAsync(IReadOnlyList<PendingCommand> batch)
    {
        var begun = false;
        try
        {
            await retry.RunAsync(async () =>
            {
                begun = false;
                var transaction = await store.BeginWriteAsync(CancellationToken.None);
                begun = true;
                await RunTogetherAsync(transaction, batch);
            });
            return Attempt.Done;
        }
        catch (StoreException) when (!begun)
        {
            Unknown(batch);
            return Attempt.NotBegun;
        }
#pragma warning disable CA1031 // As below: the writer goes on.
        catch (Exception e) when (!begun)
#pragma warning restore CA1031
        {
            foreach (var command in batch)
            {
                command.Fail(e);
            }

            return Attempt.Done;
        }
        catch (StoreException e) when (e.IsTransient || batch.Count == 1)
        {
            // What still fails in passing would make each of them wait as long again.
            Unknown(batch);
            return Attempt.Done;
        }
        catch (Exception) when (batch.Count > 1)
        {
            return Attempt.Failed;
        }
#pragma warning disable CA1031 // Whatever a command throws is told to its caller; the writer goes on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            batch[0].Fail(e);
            return Attempt.Done;
        }
    }

    private static void Unknown(IEnumerable<PendingCommand> commands)
    {
        foreach (var command in commands)
        {
            Complete(command, new CommandResult { Status = CommandStatus.OutcomeUnknown });
        }
    }

    private static void Complete(PendingCommand command, CommandResult result)
    {
        LedgerInstruments.Answered(command, result);
        command.Complete(result);
    }

    // Before the lock is given back and before anybody is answered.
    private void Remember(Dictionary<string, AccountSession> sessions, bool ended)
    {
        if (remembered is null)
        {
            return;
        }

        foreach (var (account, session) in sessions)
        {
            if (!ended)
            {
                remembered.Forget(account);
            }
            else if (session.Appended is { } after)
            {
                remembered.Written(after);
            }
        }
    }

    private async Task RunTogetherAsync(IWriteTransaction begun, IReadOnlyList<PendingCommand> batch)
    {
        var results = new CommandResult[batch.Count];
        using var activity = LedgerInstruments.Activities.StartActivity("ledger.commit")?.SetTag("commands", batch.Count);
        var started = Stopwatch.GetTimestamp();
        var sessions = new Dictionary<string, AccountSession>(StringComparer.Ordinal);
        var ended = false;
        await using (var transaction = begun)
        {
            try
            {
                if (store.Writers > 1)
                {
                    transaction.Expect(batch[0].Account, [.. batch.Select(command => command.Key).Distinct(StringComparer.Ordinal)],
                        [.. batch.Select(command => command.NewLot).OfType<string>().Distinct(StringComparer.Ordinal)]);
                }

                for (var i = 0; i < batch.Count; i++)
                {
                    if (!sessions.TryGetValue(batch[i].Account, out var session))
                    {
                        session = await AccountSession.ReadAsync(transaction, batch[i].Account, remembered?.Find(batch[i].Account), CancellationToken.None);
                        sessions.Add(batch[i].Account, session);
                        if (rulesets is not null)
                        {
                            await rulesets.KnowAsync(transaction.Moment, CancellationToken.None);
                        }
                    }

                    results[i] = await session.RunAsync(batch[i], CancellationToken.None);
                }

                var appended = false;
                foreach (var session in sessions.Values)
                {
                    appended |= await session.AppendAsync(CancellationToken.None);
                }

                if (appended)
                {
                    await transaction.CommitAsync(CancellationToken.None);
                    LedgerInstruments.Committed(batch.Count, Stopwatch.GetElapsedTime(started).Ticks / TimeSpan.TicksPerMicrosecond);
                }

                ended = true;
            }
            finally
            {
                Remember(sessions, ended);
            }
        }

        for (var i = 0; i < results.Length; i++)
        {
            Complete(batch[i], results[i]);
        }
    }
}
