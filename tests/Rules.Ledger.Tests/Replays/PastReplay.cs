using System.Globalization;
using System.Text;
using System.Text.Json;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Drawing;
using Rules.Engine.Replay;
using Rules.Engine.Wire;
using Rules.Ledger.Journal;
using Rules.Ledger.Replays;
using Rules.Ledger.Storage;
using Rules.Ledger.Tests.Bank;
using Shouldly;

namespace Rules.Ledger.Tests.Replays;

/// <summary>Holds a replay of a ledger's past against the entries of the ledger.</summary>
internal static class PastReplay
{
    /// <summary>
    /// Replayed under the published versions, an account's past comes to the very entries of the window: uses one by one, what fell due in order,
    /// and the same lots and debts at the end.
    /// </summary>
    /// <param name="advanced">How the store has the account once everything due before the end of the window was posted.</param>
    /// <returns>How many uses were compared.</returns>
    public static async Task<int> ShouldEqualAsync(CreditLedger ledger, ILedgerStore advanced, string ruleset, PastWindow window, string because)
    {
        var past = (await ledger.PastAsync(ruleset, null, window, null, default)).ShouldNotBeNull();
        past.Stuck.ShouldBeEmpty(because);
        var compared = 0;
        foreach (var history in past.Accounts)
        {
            var id = history.Opening.Id;
            var entries = await EntriesAsync(advanced, id, window);
            var sink = new EntrySink([], []);
            var replayer = new AccountReplayer(past.Ruleset);
            replayer.Run(history, window.Until - Duration.FromTicks(10), ref sink, default);

            var uses = entries.Where(IsUse).Select(Amount).ToList();
            sink.Charges.Zip(uses).Select((pair, i) => (i, pair.First, pair.Second)).FirstOrDefault(p => p.First != p.Second)
                .ShouldBe(default, $"{because}, {id}");
            sink.Charges.Count.ShouldBe(uses.Count, $"{because}, {id}");
            compared += uses.Count;
            var due = entries.Where(e => !IsUse(e)).Select(e => Line(e.Content)).ToList();
            sink.Others.Zip(due).FirstOrDefault(p => p.First != p.Second).ShouldBe(default, $"{because}, {id}");
            sink.Others.Count.ShouldBe(due.Count, $"{because}, {id}");
            var proof = await advanced.AccountProofAsync(id);
            replayer.State.Lots.Where(Matters).Select(Counts).ShouldBe(proof.Lots.Where(Matters).Select(Counts), $"{because}, {id}");
            replayer.State.Debts.Select(d => (d.Debt.Number, d.Left)).ShouldBe(proof.Head.State.Debts.Select(d => (d.Debt.Number, d.Left)), $"{because}, {id}");
        }

        return compared;
    }

    /// <summary>
    /// Whatever is in segments by now, and once the rest is in them too, a past is the one that is read from the entries alone: of all accounts, of one, and of one that
    /// grew to its end.
    /// </summary>
    public static async Task SegmentsShouldTellWhatEntriesTellAsync(CreditLedger ledger, ILedgerStore store, string ruleset, PastWindow window, string because)
    {
        var published = ledger.Rulesets.Find(ruleset)!;
        var entries = Text(await new GrowingPast(new WithoutSegments(store), published, null, window.From).UpToAsync(window.Until, long.MaxValue, null, default));
        Text(await ledger.PastAsync(ruleset, null, window, null, default)).ShouldBe(entries, because);
        var growing = ledger.BeginPast(published, null, window.From);
        await growing.UpToAsync(Instant.Max(window.From, window.Until - Duration.FromDays(9)), long.MaxValue, null, default);
        await ledger.Segments.BuildAsync(ruleset, fewest: 1, default);
        (await ledger.Segments.BuildAsync(ruleset, fewest: 1, default)).ShouldBe(0, because);
        var past = await ledger.PastAsync(ruleset, null, window, null, default);
        Text(past).ShouldBe(entries, because);
        if (growing.CanGrow)
        {
            Text(await growing.UpToAsync(window.Until, long.MaxValue, null, default)).ShouldBe(entries, because);
        }

        foreach (var account in past!.Accounts)
        {
            var alone = await ledger.PastAsync(ruleset, account.Opening.Id, window, null, default);
            entries.ShouldContain(string.Join('\n', alone!.Accounts.Select(Text)), customMessage: because);
        }
    }

    /// <summary>Everything about a past, as text.</summary>
    public static string Text(PastUsage? past) =>
        string.Join('\n', [past!.Hash, .. past.Stuck.Select(static stuck => stuck.ToString()), .. past.Accounts.Select(Text)]);

    private static string Text(AccountHistory history)
    {
        var usage = history.Usage;
        var uses = Enumerable.Range(0, usage.Count).Select(i =>
            $"{usage.RecordedAtOf(i)} {Encoding.UTF8.GetString(WireWriter.Canonical(usage[i]))} {(usage.Shape[i] < 0 ? $"{usage.Whole[~usage.Shape[i]].Operation} {usage.Whole[~usage.Shape[i]].Id}" : "")}");
        return string.Join('\n', [
            $"{Encoding.UTF8.GetString(JsonSerializer.SerializeToUtf8Bytes(history.Opening.Lots.Select(Counts).Select(static lot => lot.ToString())))} {history.Opening.LastAt} {history.GivesBack} {history.Opens?.Plan}",
            .. history.Scopes.Select(static scope => $"{scope.Id} {scope.Posted} {scope.Version}").Order(StringComparer.Ordinal),
            .. history.Uses.Select(static use => $"{use.Id} {use.Amount} {string.Join(',', use.Lines)}").Order(StringComparer.Ordinal),
            .. history.Operations.Select(static placed => $"{placed.Before} {placed.Operation}"),
            .. uses]);
    }

    private static async Task<List<JournalEntry>> EntriesAsync(ILedgerStore store, string account, PastWindow window)
    {
        await using var snapshot = await store.BeginReadAsync(default);
        var entries = new List<JournalEntry>();
        await foreach (var proof in snapshot.EntryProofsAsync(account, default))
        {
            var entry = proof.Entry;
            var at = IsDue(entry) ? entry.Content.OccurredAt : entry.RecordedAt;
            if (at >= window.From && at < window.Until)
            {
                entries.Add(entry);
            }
        }

        return entries;
    }

    private static bool IsDue(JournalEntry entry) => entry.Key.StartsWith("sys:", StringComparison.Ordinal);

    private static bool IsUse(JournalEntry entry) =>
        !IsDue(entry) && entry.Content.Kind is EntryKind.Charge or EntryKind.Capture or EntryKind.Correction or EntryKind.Reversal;

    private static long Amount(JournalEntry entry) => entry.Content.Kind == EntryKind.Reversal ? -entry.Content.Amount : entry.Content.Amount;

    private static bool Matters(LotState lot) => lot.Available > 0 || lot.Held > 0;

    private static (long Number, string Id, long Available, long Held, long Spent, Instant? ExpiresAt) Counts(LotState lot) =>
        (lot.Lot.Number, lot.Lot.Id, lot.Available, lot.Held, lot.Spent, lot.Lot.ExpiresAt);

    private static string Line(Entry entry) => string.Create(
        CultureInfo.InvariantCulture,
        $"{entry.Kind} {entry.Amount} {string.Join("; ", entry.Postings)} {string.Join("; ", entry.NewLots)} {entry.Bill?.Amount}");

    /// <summary>The same ledger in which nothing was put into columns.</summary>
    private sealed class WithoutSegments(ILedgerStore store) : ILedgerStore
    {
        public int LargestBatch => store.LargestBatch;

        public int Writers => store.Writers;

        public ValueTask<IWriteTransaction> BeginWriteAsync(CancellationToken cancellationToken) => store.BeginWriteAsync(cancellationToken);

        public ValueTask<IReadSnapshot> BeginReadAsync(CancellationToken cancellationToken) => store.BeginReadAsync(cancellationToken);

        public ValueTask DisposeAsync() => default;
    }

    private readonly struct EntrySink(List<long> charges, List<string> others) : IReplaySink
    {
        public List<long> Charges => charges;

        public List<string> Others => others;

        public void Priced(int index, QuoteOutcome? outcome, long charge) =>
            charges.Add(outcome is QuoteOutcome.Blocked or QuoteOutcome.Paused or QuoteOutcome.Refused or null ? long.MinValue : charge);

        public void Drawn(bool isPostpaid, long amount)
        {
        }

        public void Posted(Entry entry) => others.Add(Line(entry));

        public void Alerted(int index, string alert)
        {
        }
    }
}
