using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Threading.Channels;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Drawing;
using Rules.Ledger.Anchoring;
using Rules.Ledger.Journal;
using Rules.Ledger.Storage;

namespace Rules.Ledger.Verification;

/// <summary>
/// Proves a journal from its own rows. One pass over the entries of all accounts together, then each account is compared with
/// what was recomputed; the first bad entry of an account is named, later ones of the same account would only follow from it.
/// </summary>
/// <param name="rulesets">With them every command is run again and compared; null leaves that out.</param>
/// <param name="anchors">Heads that were anchored before the snapshot was taken, by account; null leaves that out.</param>
/// <param name="fromCheckpoints">Each account is proved from its newest checkpoint on, and the entries before it are not read.</param>
internal sealed class Verifier(IReadSnapshot snapshot, IProgress<VerificationProgress>? progress, RulesetCatalogue? rulesets = null,
    IReadOnlyDictionary<string, AccountHead>? anchors = null, bool fromCheckpoints = false)
{
    private const int ChunkLength = 1024;
    private const int ChunksAhead = 4;

    private readonly Dictionary<string, Recomputed> _accounts = new(StringComparer.Ordinal);
    private readonly ImmutableArray<VerificationProblem>.Builder _problems = ImmutableArray.CreateBuilder<VerificationProblem>();
    private readonly List<(string Account, long Position)> _begun = [];
    private (string Account, long Sequence)? _lastRead;
    private long _entries;
    private long _passed;
    private long _compared;

    public async Task<VerificationReport> VerifyAsync(string? account, CancellationToken cancellationToken)
    {
        var integrity = Task.FromResult(ImmutableArray<string>.Empty);
        try
        {
            integrity = await snapshot.BeginIntegrityAsync(cancellationToken);
            await CheckRulesAsync(cancellationToken);
            await ProveAsync(account, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // It uses the store, which may be gone after us.
            await integrity.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            throw;
        }
#pragma warning disable CA1031 // Damaged bytes need not be numbers, texts or instants any more: what cannot be read is a finding.
        catch (Exception e)
#pragma warning restore CA1031
        {
            var where = _lastRead is { } last ? $" after entry {last.Sequence} of account \"{last.Account}\"" : "";
            _problems.Add(Integrity(account, $"what is stored{where} cannot be read: {e.Message}"));
        }

        _problems.InsertRange(0, await FoundAsync(integrity, account));
        return Report();
    }

    /// <summary>
    /// Proves one account from its newest checkpoint to its head, but not what the database says of itself.
    /// </summary>
    /// <returns>The account at its head: what a checkpoint of it holds; null where anything is wrong with it.</returns>
    public async Task<(VerificationReport Report, StoredCheckpoint? Checkpoint)> ProveToHeadAsync(string account, Instant now, CancellationToken cancellationToken)
    {
        await ProveAsync(account, cancellationToken);
        if (_problems.Count > 0 || !_accounts.TryGetValue(account, out var proved) || proved.Sequence == 0 || proved.Replay is { Rests: false })
        {
            return (Report(), null);
        }

        var content = proved.ToProven();
        var text = content.Write();
        return (Report(), new StoredCheckpoint(account, proved.Sequence, proved.Hash, content.Rows, SHA256.HashData(text), ProvenAccount.Pack(text), now));
    }

    private VerificationReport Report() =>
        new(_accounts.Count, _entries, _problems.ToImmutable()) { Anchored = anchors is not null, Passed = _passed, Checkpoints = _compared, FromCheckpoints = fromCheckpoints };

    private static async Task<IEnumerable<VerificationProblem>> FoundAsync(Task<ImmutableArray<string>> integrity, string? account)
    {
        try
        {
            return (await integrity).Select(fault => Integrity(account, fault));
        }
#pragma warning disable CA1031 // As above.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return [Integrity(account, $"what is stored cannot be checked: {e.Message}")];
        }
    }

    private static VerificationProblem Integrity(string? account, string fault) => new("integrity", account ?? "", null, fault);

    // What the entries are run again by; a line that none of them came to would change unseen.
    private async Task CheckRulesAsync(CancellationToken cancellationToken)
    {
        foreach (var stored in await snapshot.VersionsAsync(cancellationToken))
        {
            if (!stored.IsPublishedText)
            {
                _problems.Add(new VerificationProblem("rules", "", null, $"version {stored.Version} of {stored.Ruleset} is not the text whose sha256 was stored when it was published"));
            }
        }
    }

    private async Task ProveAsync(string? account, CancellationToken cancellationToken)
    {
        var proofs = new List<AccountProof>();
        long total = 0;
        await foreach (var proof in snapshot.AccountProofsAsync(account, cancellationToken))
        {
            proofs.Add(proof);
            total += proof.Head.HeadSequence;
        }

        if (rulesets is not null)
        {
            // Their entries may have been priced by what another node published.
            await rulesets.KnowAsync(snapshot.Moment, cancellationToken);
        }

        foreach (var proof in proofs)
        {
            var begun = await BeginAsync(proof.Head.State, cancellationToken);
            _accounts.Add(proof.Head.State.Id, begun);
            _begun.Add((proof.Head.State.Id, begun.Position));
            total -= begun.Sequence;
            _passed += begun.Sequence;
        }

        if (account is not null && proofs.Count == 0)
        {
            _problems.Add(new VerificationProblem("account", account, null, "There is no such account."));
        }

        await CheckAllAsync(account, total, cancellationToken);
        foreach (var proof in proofs)
        {
            Compare(proof, _accounts[proof.Head.State.Id]);
        }

        foreach (var anchor in anchors?.Values.Where(anchor => !_accounts.ContainsKey(anchor.Account) && (account is null || account == anchor.Account)) ?? [])
        {
            _problems.Add(new VerificationProblem("anchor", anchor.Account, 1, new AnchorContradiction(anchor, 0) + "."));
        }

        progress?.Report(new VerificationProgress(_entries, total, _accounts.Count));
    }

    /// <summary>The account before its first entry, or as its newest checkpoint has it.</summary>
    private async ValueTask<Recomputed> BeginAsync(AccountState state, CancellationToken cancellationToken)
    {
        var versions = rulesets?.Versions(state.Ruleset) ?? [];
        var anchor = anchors?.GetValueOrDefault(state.Id);
        if (fromCheckpoints && await snapshot.CheckpointAsync(state.Id, cancellationToken) is { } checkpoint)
        {
            string? fault = null;
            try
            {
                fault = await CheckpointFaultAsync(checkpoint, anchor, cancellationToken);
                if (fault is null && ProvenAccount.Read(checkpoint.Content, checkpoint.Sha256.Span) is { } proven)
                {
                    return new Recomputed(checkpoint, proven, versions.IsEmpty ? null : new AccountReplay(versions, proven.State, proven.Scopes)) { Anchor = anchor };
                }
            }
            catch (InvalidDataException e)
            {
                fault = e.Message;
            }

            if (fault is not null)
            {
                _problems.Add(new VerificationProblem("checkpoint", state.Id, checkpoint.Sequence, $"The checkpoint after it cannot be gone on from, {fault}; the account was proved from its first entry."));
            }
        }

        return new Recomputed(EntryHash.OfOpening(state.Id, state.Ruleset, state.OpenedAt), versions.IsEmpty ? null : new AccountReplay(versions)) { Anchor = anchor };
    }

    // What lies before a checkpoint is not read; that its last entry and the anchored one are those of then is asked for by their hashes.
    private async ValueTask<string?> CheckpointFaultAsync(StoredCheckpoint checkpoint, AccountHead? anchor, CancellationToken cancellationToken)
    {
        if (await snapshot.EntryHashAsync(checkpoint.Account, checkpoint.Sequence, cancellationToken) is not { } hash || !hash.Span.SequenceEqual(checkpoint.Hash.Span))
        {
            return "it is of another entry";
        }

        return anchor is not null && anchor.Sequence > 0 && anchor.Sequence <= checkpoint.Sequence
            && await snapshot.EntryHashAsync(checkpoint.Account, anchor.Sequence, cancellationToken) is { } anchored && !anchored.Span.SequenceEqual(anchor.Hash.Span)
                ? "it comes after another entry than the one that was anchored"
                : null;
    }

    /// <summary>Reads on one thread and checks on another; both cost about the same.</summary>
    private async Task CheckAllAsync(string? account, long total, CancellationToken cancellationToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var chunks = Channel.CreateBounded<EntryProof[]>(new BoundedChannelOptions(ChunksAhead) { SingleReader = true, SingleWriter = true });
        var reading = Task.Run(() => ReadAllAsync(account, chunks.Writer, stopping.Token), CancellationToken.None);
        try
        {
            await foreach (var chunk in chunks.Reader.ReadAllAsync(cancellationToken))
            {
                foreach (var proof in chunk)
                {
                    Check(proof);
                }

                _entries += chunk.Length;
                progress?.Report(new VerificationProgress(_entries, total, _accounts.Count));
            }
        }
        finally
        {
            // The snapshot is disposed behind us: nobody may still be reading from it.
            await stopping.CancelAsync();
            await reading;
        }
    }

    private async Task ReadAllAsync(string? account, ChannelWriter<EntryProof[]> chunks, CancellationToken cancellationToken)
    {
        try
        {
            var chunk = new List<EntryProof>(ChunkLength);
            await foreach (var proof in EntriesAsync(account, cancellationToken))
            {
                chunk.Add(proof);
                _lastRead = (proof.Entry.Account, proof.Entry.Sequence);
                if (chunk.Count == ChunkLength)
                {
                    await chunks.WriteAsync([.. chunk], cancellationToken);
                    chunk.Clear();
                }
            }

            await chunks.WriteAsync([.. chunk], cancellationToken);
            chunks.Complete();
        }
#pragma warning disable CA1031 // Told to the reader of the channel.
        catch (Exception e)
#pragma warning restore CA1031
        {
            chunks.Complete(e);
        }
    }

    private async IAsyncEnumerable<EntryProof> EntriesAsync(string? account, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (_passed == 0)
        {
            await foreach (var proof in snapshot.EntryProofsAsync(account, cancellationToken))
            {
                yield return proof;
            }

            yield break;
        }

        foreach (var (id, begun) in _begun)
        {
            await foreach (var proof in snapshot.EntryProofsAsync(id, begun, cancellationToken))
            {
                yield return proof;
            }
        }
    }

    private void Check(EntryProof proof)
    {
        var entry = proof.Entry;
        if (!_accounts.TryGetValue(entry.Account, out var account))
        {
            _problems.Add(new VerificationProblem("account", entry.Account, entry.Sequence, "The entry belongs to no account."));
            return;
        }

        if (!account.Bad && Fault(proof, account) is { } fault)
        {
            account.Bad = true;
            _problems.Add(new VerificationProblem(fault.Check, entry.Account, fault.Sequence, fault.Message));
        }

        account.Sequence = entry.Sequence;
        account.Hash = entry.Hash;
        account.RecordedAt = entry.RecordedAt;
        if (proof.Checkpoint is { } checkpoint && !account.Bad)
        {
            Compare(checkpoint, account);
        }
    }

    // A checkpoint was written between two commands, where nothing of a replay is left over.
    private void Compare(StoredCheckpoint checkpoint, Recomputed account)
    {
        if (account.Replay?.LastFault() is { } fault)
        {
            account.Bad = true;
            _problems.Add(new VerificationProblem("replay", checkpoint.Account, fault.Sequence, fault.Message));
            return;
        }

        try
        {
            if (ProvenAccount.Read(checkpoint.Content, checkpoint.Sha256.Span) is null)
            {
                return;
            }

            _compared++;
            var isSame = checkpoint.Hash.Span.SequenceEqual(account.Hash.Span) && checkpoint.Sha256.Span.SequenceEqual(SHA256.HashData(account.ToProven().Write()));
            if (!isSame)
            {
                _problems.Add(new VerificationProblem("checkpoint", checkpoint.Account, checkpoint.Sequence, "The checkpoint after it is not what the entries up to it make."));
            }
        }
        catch (InvalidDataException e)
        {
            _problems.Add(new VerificationProblem("checkpoint", checkpoint.Account, checkpoint.Sequence, $"The checkpoint after it cannot be used: {e.Message}."));
        }
    }

    private static (string Check, long Sequence, string Message)? Fault(EntryProof proof, Recomputed account)
    {
        // A command that gives credits back is run again over the lots as they were before it.
        var before = account.Replay is not null && AccountReplay.ReadsLots(proof.Entry.Content) ? account.Lots.Values.ToImmutableArray() : [];
        if (EntryFault(proof, account) is { } fault)
        {
            return (fault.Check, proof.Entry.Sequence, fault.Message);
        }

        return account.Replay?.Fault(proof, () => before) is { } replayed ? ("replay", replayed.Sequence, replayed.Message) : null;
    }

    private static (string Check, string Message)? EntryFault(EntryProof proof, Recomputed account)
    {
        var entry = proof.Entry;
        if (entry.Sequence != account.Sequence + 1)
        {
            return ("gapless", $"Entry {account.Sequence + 1} is missing.");
        }

        if (!entry.PreviousHash.Span.SequenceEqual(account.Hash.Span))
        {
            return ("chain", "It does not continue the hash of the entry before.");
        }

        if (!entry.Hash.Span.SequenceEqual(EntryHash.Of(entry)))
        {
            return ("chain", "Its hash is not that of its content.");
        }

        if (account.Anchor is { } anchor && anchor.Sequence == entry.Sequence && !anchor.Hash.Span.SequenceEqual(entry.Hash.Span))
        {
            return ("anchor", "It is another entry than the one that was anchored.");
        }

        if (!proof.TraceResolves)
        {
            return ("trace", "The stored event and answer are not those that its hash covers.");
        }

        if (entry.RecordedAt < account.RecordedAt)
        {
            return ("time", "It was recorded before the entry before it.");
        }

        if (!proof.KeyResolves)
        {
            return ("key", $"Its key \"{entry.Key}\" has no row, or names another entry.");
        }

        return LotFault(entry, account) ?? MovementFault(entry.Content, account);
    }

    private static (string Check, string Message)? LotFault(JournalEntry entry, Recomputed account)
    {
        foreach (var lot in entry.Content.NewLots)
        {
            if (!account.Lots.TryAdd(lot.Number, new LotState(lot, 0, 0, 0, 0, 0, 0)))
            {
                return ("lots", $"Lot {lot.Number} is opened a second time.");
            }

            account.NextLot = Math.Max(account.NextLot, lot.Number + 1);
        }

        foreach (var line in entry.Content.Postings)
        {
            if (!account.Lots.TryGetValue(line.Lot, out var lot))
            {
                return ("lots", $"It posts to lot {line.Lot}, which no entry opened.");
            }

            if (line.Granted != line.Available + line.Held + line.Spent + line.Expired + line.Moved)
            {
                return ("postings", $"Its line for lot {line.Lot} does not balance.");
            }

            var draws = entry.Content.Kind is EntryKind.Charge or EntryKind.Hold or EntryKind.Repayment && line.Spent + line.Held > 0;
            if (draws && (entry.RecordedAt < lot.Lot.EffectiveAt || entry.RecordedAt >= lot.Lot.ExpiresAt))
            {
                return ("draw", $"It draws on lot {line.Lot}, which was not live then.");
            }

            lot = lot.Apply(line);
            account.Lots[line.Lot] = lot;
            account.Available += line.Available;
            if (lot.Granted < 0 || lot.Available < 0 || lot.Held < 0 || lot.Spent < 0 || lot.Expired < 0 || lot.Moved < 0)
            {
                return ("lots", $"It leaves lot {line.Lot} with less than nothing.");
            }
        }

        foreach (var end in entry.Content.EndedLots)
        {
            if (!account.Lots.TryGetValue(end.Lot, out var ended) || ended.IsEnded)
            {
                return ("lots", $"It ends lot {end.Lot}, which is not there or has ended.");
            }

            account.Lots[end.Lot] = ended with { IsEnded = true, Successor = end.Successor };
        }

        return entry.BalanceAfter is { } balance && balance != account.Available
            ? ("balance", $"The balance after it is stored as {balance}, and its postings come to {account.Available}.")
            : null;
    }

    private static (string Check, string Message)? MovementFault(Entry content, Recomputed account)
    {
        foreach (var debt in content.NewDebts)
        {
            if (!account.Debts.TryAdd(debt.Number, new DebtState(debt, debt.Amount, 0)))
            {
                return ("debts", $"Debt {debt.Number} is made a second time.");
            }
        }

        foreach (var line in content.DebtLines)
        {
            if (!account.Debts.TryGetValue(line.Debt, out var debt) || debt.Left < line.Amount)
            {
                return ("debts", $"It takes {line.Amount} off debt {line.Debt}, which does not owe that much.");
            }

            account.Debts[line.Debt] = debt.Apply(line);
        }

        if (content.NewHold is { } hold && !account.OpenHolds.Add(hold.Number))
        {
            return ("holds", $"Hold {hold.Number} is made a second time.");
        }

        return content.Settlement is { } settlement && !account.OpenHolds.Remove(settlement.Hold)
            ? ("holds", $"It settles hold {settlement.Hold}, which is not open.")
            : null;
    }

    private void Compare(AccountProof proof, Recomputed account)
    {
        var id = proof.Head.State.Id;
        if (account.Anchor is { } anchor && account.Sequence < anchor.Sequence)
        {
            _problems.Add(new VerificationProblem("anchor", id, account.Sequence + 1, new AnchorContradiction(anchor, account.Sequence) + "."));
        }

        if (account.Bad)
        {
            return;
        }

        if (account.Replay?.LastFault() is { } last)
        {
            _problems.Add(new VerificationProblem("replay", id, last.Sequence, last.Message));
        }

        if (proof.Head.HeadSequence != account.Sequence)
        {
            _problems.Add(new VerificationProblem("head", id, account.Sequence,
                $"The account's head is entry {proof.Head.HeadSequence}, and its last entry is {account.Sequence}."));
        }
        else if (!proof.Head.HeadHash.Span.SequenceEqual(account.Hash.Span))
        {
            _problems.Add(new VerificationProblem("head", id, account.Sequence, "The account's head has another hash than its last entry."));
        }
        else if (proof.Head.State.LastAt < account.RecordedAt || proof.Head.State.NextLot < account.NextLot)
        {
            _problems.Add(new VerificationProblem("head", id, account.Sequence, "The account's head lies behind its entries."));
        }

        if (proof.Lots.Length != account.Lots.Count)
        {
            _problems.Add(new VerificationProblem("lots", id, null, $"{proof.Lots.Length} lots are stored, and its entries opened {account.Lots.Count}."));
        }

        if (!proof.Head.State.Debts.SequenceEqual(account.Debts.Values.Where(debt => debt.Left > 0)))
        {
            _problems.Add(new VerificationProblem("debts", id, null, "The stored debts are not what its entries leave open."));
        }

        if (!proof.OpenHolds.SequenceEqual(account.OpenHolds))
        {
            _problems.Add(new VerificationProblem("holds", id, null, "The stored open holds are not those that its entries leave open."));
        }

        foreach (var lot in proof.Lots)
        {
            if (!account.Lots.TryGetValue(lot.Lot.Number, out var recomputed) || recomputed != lot)
            {
                _problems.Add(new VerificationProblem("lots", id, null, $"The stored state of lot {lot.Lot.Number} is not the sum of its postings."));
                return;
            }
        }
    }

    /// <summary>An account as its entries so far make it.</summary>
    private sealed class Recomputed(byte[] opening, AccountReplay? replay)
    {
        public Recomputed(StoredCheckpoint checkpoint, ProvenAccount proven, AccountReplay? replay)
            : this([], replay)
        {
            Sequence = checkpoint.Sequence;
            Position = checkpoint.Position;
            Hash = checkpoint.Hash;
            RecordedAt = proven.RecordedAt;
            NextLot = proven.NextLot;
            Available = proven.Available;
            OpenHolds.UnionWith(proven.OpenHolds);
            foreach (var lot in proven.Lots)
            {
                Lots.Add(lot.Lot.Number, lot);
            }

            foreach (var debt in proven.Debts)
            {
                Debts.Add(debt.Debt.Number, debt);
            }
        }

        public AccountReplay? Replay => replay;

        /// <summary>After which its entries are read.</summary>
        public long Position { get; }

        public Dictionary<long, LotState> Lots { get; } = [];

        public SortedDictionary<long, DebtState> Debts { get; } = [];

        public SortedSet<long> OpenHolds { get; } = [];

        public ReadOnlyMemory<byte> Hash { get; set; } = opening;

        public Instant RecordedAt { get; set; } = Instant.MinValue;

        public long Sequence { get; set; }

        public long NextLot { get; set; } = 1;

        public long Available { get; set; }

        public bool Bad { get; set; }

        public AccountHead? Anchor { get; init; }

        public ProvenAccount ToProven() => new()
        {
            Lots = [.. Lots.Values.OrderBy(lot => lot.Lot.Number)],
            Debts = [.. Debts.Values.Where(debt => debt.Left > 0)],
            OpenHolds = [.. OpenHolds],
            NextLot = NextLot,
            Available = Available,
            RecordedAt = RecordedAt,
            State = replay?.State,
            Scopes = replay?.Scopes ?? [],
        };
    }
}
