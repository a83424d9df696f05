using System.Collections.Immutable;
using Rules.Ledger.Journal;
using Rules.Ledger.Verification;

namespace Rules.Ledger;

public sealed partial class CreditLedger
{
    private const int EntriesPerCheckpoint = 1000;

    /// <inheritdoc cref="WriteCheckpointsAsync(int, CancellationToken)"/>
    public Task<CheckpointRound> WriteCheckpointsAsync(CancellationToken cancellationToken) => WriteCheckpointsAsync(EntriesPerCheckpoint, cancellationToken);

    /// <summary>
    /// Proves what has been recorded since the last checkpoint of each account that has come far enough since, and writes the next one. An account with
    /// which anything is wrong gets none.
    /// </summary>
    /// <param name="entries">How far is far enough.</param>
    /// <exception cref="Storage.StoreException">The store cannot be read or written now; what was written until then stays.</exception>
    internal async Task<CheckpointRound> WriteCheckpointsAsync(int entries, CancellationToken cancellationToken)
    {
        ImmutableArray<string> due;
        await using (var snapshot = await _store.BeginReadAsync(cancellationToken))
        {
            due = await snapshot.CheckpointsDueAsync(entries, cancellationToken);
        }

        var written = 0;
        var problems = ImmutableArray.CreateBuilder<VerificationProblem>();
        foreach (var account in due)
        {
            var (report, checkpoint) = await ProveAsync(account, cancellationToken);
            problems.AddRange(report.Problems);
            if (checkpoint is not null)
            {
                await using var transaction = await _store.BeginWriteAsync(cancellationToken);
                await transaction.AddCheckpointAsync(checkpoint, cancellationToken);
                await transaction.CommitAsync(cancellationToken);
                written++;
            }
        }

        return new CheckpointRound(written, problems.ToImmutable());
    }

    private async Task<(VerificationReport Report, Storage.StoredCheckpoint? Checkpoint)> ProveAsync(string account, CancellationToken cancellationToken)
    {
        await using var snapshot = await _store.BeginReadAsync(cancellationToken);
        return await new Verifier(snapshot, progress: null, Rulesets, fromCheckpoints: true).ProveToHeadAsync(account, Instants.Now(_options.Time), cancellationToken);
    }
}
