using System.Collections.Immutable;
using System.Globalization;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Model;
using Rules.Ledger.Anchoring;
using Rules.Ledger.Journal;
using Rules.Ledger.Storage;
using Rules.Ledger.Verification;

namespace Rules.Ledger;

public sealed partial class CreditLedger
{
    private const int LargestPage = 500;

    // As far as a read looks ahead: a cycle of hours would keep a processor busy for minutes on the way to the end of time.
    private const int MostEntriesAhead = 10_000;

    private static readonly Duration _stretchAhead = Duration.FromDays(30);

    /// <summary>
    /// Balance per bucket and per lot at an instant (null: now), after everything due by then; null for an account that is unknown or
    /// was not open then. A past instant is answered from the entries recorded up to it.
    /// </summary>
    public async Task<AccountBalance?> BalanceAsync(string account, Instant? at, CancellationToken cancellationToken)
    {
        await using var snapshot = await _store.BeginReadAsync(cancellationToken);
        var stored = await snapshot.AccountAsync(account, cancellationToken);
        var isPast = stored is not null && at < stored.State.LastAt;
        if (isPast)
        {
            stored = await snapshot.AccountAtAsync(account, at!.Value, cancellationToken);
        }

        if (stored is null)
        {
            return null;
        }

        await Rulesets.KnowAsync(snapshot.Moment, cancellationToken);
        var instant = Instants.Max(at ?? Instants.Now(_options.Time), stored.State.LastAt);
        var ruleset = RulesetOf(stored.State);
        // A past moment already has its holds.
        var open = isPast ? stored.State : await WithHoldsAsync(snapshot, stored, instant, cancellationToken);
        var counted = await snapshot.ScopesAsync(stored, Bookkeeper.ScopesDue(ruleset, open, instant), cancellationToken);
        var booking = Ahead(ruleset, open with { Scopes = counted }, Instants.Max(Instants.Now(_options.Time), open.LastAt), instant);
        var state = booking.State;
        var answer = booking.Answer;
        var credit = ruleset.Versions[^1].Model.Credit;
        return new AccountBalance(account, state.Ruleset, answer?.Version ?? state.Version, answer?.Plan, answer?.Cycle ?? state.Cycle, at ?? instant,
            credit.Decimals, credit.Name, answer?.Balances ?? [], state.Lots, state.Facts)
        {
            OpenedAt = state.OpenedAt,
            IsSample = stored.IsSample,
            Debts = state.Debts,
            Stuck = booking.Error,

            // What a past cycle had counted is not kept.
            Alerts = isPast ? [] : Bookkeeper.StandingAlerts(ruleset, state, instant, out _),
        };
    }

    // Stretch by stretch, because a stretch leads where its parts do: then what falls due ahead can be counted on the way.
    private static Booking<AccountAnswer> Ahead(PublishedRuleset ruleset, AccountState state, Instant now, Instant instant)
    {
        var reached = Instant.Min(now, instant);
        var booking = Bookkeeper.Advance(ruleset, state, reached);
        for (var entries = 0; booking.Succeeded && reached < instant; entries += booking.Entries.Length)
        {
            if (entries > MostEntriesAhead)
            {
                return booking with { Answer = null, Error = LedgerErrors.TooFarAhead(reached, MostEntriesAhead) };
            }

            reached = Instant.Min(reached + _stretchAhead, instant);
            booking = Bookkeeper.Advance(ruleset, booking.State, reached);
        }

        return booking;
    }

    /// <summary>The ruleset of an account, which it keeps for life; null for an account that is unknown.</summary>
    public async Task<string?> RulesetOfAsync(string account, CancellationToken cancellationToken)
    {
        await using var snapshot = await _store.BeginReadAsync(cancellationToken);
        return (await snapshot.AccountAsync(account, cancellationToken))?.State.Ruleset;
    }

    /// <summary>By id, ascending. A limit outside 1 to 500 is brought inside.</summary>
    public async Task<Page<AccountSummary>> AccountsAsync(AccountFilter filter, CancellationToken cancellationToken)
    {
        var limit = Math.Clamp(filter.Limit, 1, LargestPage);
        await using var snapshot = await _store.BeginReadAsync(cancellationToken);
        var rows = await snapshot.AccountsAsync(filter with { Limit = limit + 1 }, cancellationToken);
        await Rulesets.KnowAsync(snapshot.Moment, cancellationToken);
        var now = Instants.Now(_options.Time);
        var items = ImmutableArray.CreateBuilder<AccountSummary>(limit);
        foreach (var row in rows.Take(limit))
        {
            var instant = Instants.Max(now, row.Account.State.LastAt);
            var state = await WithHoldsAsync(snapshot, row.Account, instant, cancellationToken);
            var due = Bookkeeper.ScopesDue(RulesetOf(state), state, instant);
            items.Add(Summary(row, state with { Scopes = await snapshot.ScopesAsync(row.Account, due, cancellationToken) }, now));
        }

        return new Page<AccountSummary>(items.ToImmutable(), rows.Length > limit ? items[^1].Id : null);
    }

    /// <summary>
    /// Journal entries, newest first, keyset-paged; of one account or of all. A limit outside 1 to 500 is brought inside; a cursor that
    /// no page gave has no entries after it.
    /// </summary>
    public async Task<Page<EntrySummary>> EntriesAsync(EntryFilter filter, CancellationToken cancellationToken)
    {
        var limit = Math.Clamp(filter.Limit, 1, LargestPage);
        if (filter.After is { } after && !long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            return new Page<EntrySummary>([], null);
        }

        await using var snapshot = await _store.BeginReadAsync(cancellationToken);
        var rows = await snapshot.EntriesAsync(filter with { Limit = limit + 1 }, cancellationToken);
        var items = rows.Take(limit).Select(Summary).ToImmutableArray();
        var last = rows.Length > limit ? rows[limit - 1] : null;
        return new Page<EntrySummary>(items, last is null ? null : (filter.Account is null ? last.Position : last.Sequence).ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>One entry with its postings, usage event and stored explanation; null when there is none.</summary>
    public async Task<EntryDetail?> EntryAsync(string account, long sequence, CancellationToken cancellationToken)
    {
        await using var snapshot = await _store.BeginReadAsync(cancellationToken);
        return await snapshot.EntryAsync(account, sequence, cancellationToken) is { } record
            ? new EntryDetail(Summary(record.Row), record.Entry.Content.Postings, record.Entry.Content.NewLots,
                record.Entry.Event.IsEmpty ? default(ReadOnlyMemory<byte>?) : record.Entry.Event, record.Answer, record.Entry.PreviousHash, record.Entry.Hash)
            : null;
    }

    /// <summary>
    /// Proves the history of every account (or one) from its own rows: the database's integrity, gapless sequences, hash chain, traces, keys,
    /// postings and lots, draws on live lots only, every command run again by the rules, and heads held against the anchor where there is one;
    /// read-only. An account that is not there is a problem.
    /// </summary>
    public Task<VerificationReport> VerifyAsync(string? account, IProgress<VerificationProgress>? progress, CancellationToken cancellationToken) =>
        VerifyAsync(account, fromCheckpoints: false, progress, cancellationToken);

    /// <inheritdoc cref="VerifyAsync(string?, IProgress{VerificationProgress}?, CancellationToken)"/>
    /// <param name="fromCheckpoints">Entries before an account's newest checkpoint are taken for proved, and not read.</param>
    public async Task<VerificationReport> VerifyAsync(string? account, bool fromCheckpoints, IProgress<VerificationProgress>? progress, CancellationToken cancellationToken)
    {
        // Read before the snapshot: what is anchored by then is committed by then.
        var anchors = _options.AnchorPath is { } path ? AnchorLog.Read(path)?.Heads : null;
        await using var snapshot = await _store.BeginReadAsync(cancellationToken);
        return await new Verifier(snapshot, progress, Rulesets, anchors, fromCheckpoints).VerifyAsync(account, cancellationToken);
    }

    /// <summary>
    /// Writes entries as JSON Lines, oldest first, each with the bytes that its hash is taken over; one snapshot, in constant memory. Decision 0322 says what stands in a line.
    /// </summary>
    /// <returns>How many were written, and the position after which the next export goes on.</returns>
    public async Task<ExportedEntries> ExportAsync(Stream output, ExportWindow window, CancellationToken cancellationToken)
    {
        await using var snapshot = window.Account is null ? await BeginSettledReadAsync(cancellationToken) : await _store.BeginReadAsync(cancellationToken);
        return await JournalExport.WriteAsync(snapshot, output, window, cancellationToken);
    }

    /// <summary>
    /// A snapshot that has every entry of a position up to its highest one. Where several write at once, an entry has its position before it is visible, and an export that
    /// goes on behind a higher one would never come to it. Whoever has the catalogue alone has waited for every writer; those that come wait until the snapshot has its moment.
    /// </summary>
    private async ValueTask<IReadSnapshot> BeginSettledReadAsync(CancellationToken cancellationToken)
    {
        if (_store.Writers == 1)
        {
            return await _store.BeginReadAsync(cancellationToken);
        }

        await using var transaction = await _store.BeginWriteAsync(cancellationToken);
        await transaction.LockCatalogueAsync(cancellationToken);
        var snapshot = await _store.BeginReadAsync(cancellationToken);
        try
        {
            // The first read is its moment.
            await snapshot.AccountsAsync(new AccountFilter(Limit: 1), cancellationToken);
            return snapshot;
        }
        catch
        {
            await snapshot.DisposeAsync();
            throw;
        }
    }

    private AccountSummary Summary(AccountRow row, AccountState state, Instant now)
    {
        var ruleset = RulesetOf(state);
        var answer = Bookkeeper.Advance(ruleset, state, Instants.Max(now, state.LastAt)).Answer;
        return new AccountSummary(state.Id, state.Ruleset, answer?.Version ?? state.Version, answer?.Plan, state.OpenedAt, row.LastEntryAt,
            row.Account.HeadSequence, Decimals(ruleset), answer?.Balances ?? [])
        {
            IsSample = row.Account.IsSample,
        };
    }

    private EntrySummary Summary(EntryRow row) => new(row.Account, row.Sequence, row.Kind, row.Ruleset, row.Version, row.Amount,
        Rulesets.Find(row.Ruleset) is { } ruleset ? Decimals(ruleset) : 0, row.BalanceAfter, row.OccurredAt, row.RecordedAt, row.Key, row.Action, row.Outcome)
    {
        Late = row.Late,
    };
}
