using System.Collections.Immutable;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Drawing;
using Rules.Engine.Model;
using Rules.Engine.Pricing;
using Rules.Engine.Wire;
using Rules.Ledger.Journal;
using Rules.Ledger.Storage;

namespace Rules.Ledger.Verification;

/// <summary>What a replay finds wrong, and with which entry.</summary>
internal readonly record struct ReplayFault(long Sequence, string Message);

/// <summary>
/// Runs an account's commands again through <see cref="Bookkeeper"/>, from its opening, and compares each entry with what the
/// engine makes of it now: amounts, draws, grants, expiries. Refusals left no entry and need none: they moved only time.
/// </summary>
internal sealed class AccountReplay(ImmutableArray<RulesetVersion> versions)
{
    /// <summary>Goes on from where another replay rested.</summary>
    public AccountReplay(ImmutableArray<RulesetVersion> versions, AccountState? state, ImmutableArray<ScopeState> scopes)
        : this(versions)
    {
        _state = state;
        Ended = state is null;
        foreach (var scope in scopes)
        {
            _scopes.Add(scope.Id, scope);
        }
    }

    private readonly ImmutableArray<RulesetVersion> _versions = [.. versions.OrderBy(version => version.Model.Version)];
    private readonly Dictionary<ScopeId, ScopeState> _scopes = [];
    private readonly Queue<Entry> _expected = [];

    // What fell due, until it is known what was asked for with it: a reset is done in the middle of what is due at its instant.
    private readonly List<JournalEntry> _due = [];

    // Entries that nothing due explains: what a command posts before its own entry, which comes next.
    private readonly List<JournalEntry> _before = [];
    private PublishedRuleset? _ruleset;
    private AccountState? _state;

    // How many versions were published when the last entry was made: never fewer for a later one.
    private int _known;

    /// <summary>True once an entry of a kind came that cannot be run again from its own content.</summary>
    public bool Ended { get; private set; }

    /// <summary>What is wrong with the next entry, or with one before it; null when the engine makes the same ones, or the replay has ended.</summary>
    /// <param name="proof">A reversal with what it takes back.</param>
    /// <param name="lots">Every lot of the account as it was before the entry.</param>
    public ReplayFault? Fault(EntryProof proof, Func<IEnumerable<LotState>> lots)
    {
        var entry = proof.Entry;
        var isDue = entry.Content.SystemKey is not null && !Ended && _expected.Count == 0;
        if (_due is [var first, ..] && first.RecordedAt == entry.RecordedAt)
        {
            if (isDue)
            {
                _due.Add(entry);
                return null;
            }

            if (entry.Content.Kind == EntryKind.Reset && IsResetWithinDue(entry))
            {
                return null;
            }
        }

        if (FaultOfDue() is { } earlier)
        {
            return earlier;
        }

        if (isDue)
        {
            _due.Add(entry);
            return null;
        }

        return Fault(entry, proof.Use, lots) is { } message ? new ReplayFault(entry.Sequence, message) : null;
    }

    /// <summary>What is wrong with the last entries, once there are no more; null when nothing.</summary>
    public ReplayFault? LastFault() => FaultOfDue() ?? (_before is [var first, ..] ? new ReplayFault(first.Sequence, UnexplainedBy(first)) : null);

    /// <summary>The account as the rules made it so far; null where the replay has ended. Only once <see cref="LastFault"/> found nothing.</summary>
    public AccountState? State => Ended ? null : _state;

    /// <summary>The counts so far, in the order of their names; empty where the replay has ended.</summary>
    public ImmutableArray<ScopeState> Scopes => Ended
        ? []
        : [.. _scopes.Values.OrderBy(scope => scope.Id.Action, StringComparer.Ordinal).ThenBy(scope => scope.Id.Key, StringComparer.Ordinal).ThenBy(scope => scope.Id.Value, StringComparer.Ordinal)];

    /// <summary>Nothing is left over of the last command.</summary>
    public bool Rests => _due.Count == 0 && _before.Count == 0 && _expected.Count == 0;

    private ReplayFault? FaultOfDue()
    {
        foreach (var due in _due)
        {
            if (Fault(due, use: null, static () => []) is { } message)
            {
                return new ReplayFault(due.Sequence, message);
            }
        }

        _due.Clear();
        return null;
    }

    // An instant alone does not say whether an entry came before or after a version that was published in it.
    private string? Fault(JournalEntry entry, Use? use, Func<IEnumerable<LotState>> lots)
    {
        var most = PublishedUntil(entry.RecordedAt);
        _known = Math.Max(_known, Math.Min(most, Math.Max(1, PublishedUntil(entry.RecordedAt - Duration.FromTicks(10)))));
        while (_known < most && !Ended)
        {
            var (state, scopes, expected, before) = (_state, _scopes.ToArray(), _expected.ToArray(), _before.ToArray());
            if (FaultUnderKnown(entry, use, lots) is null && !Ended)
            {
                return null;
            }

            (_state, _known, Ended) = (state, _known + 1, false);
            Restore(scopes, expected, before);
        }

        return FaultUnderKnown(entry, use, lots);
    }

    private void Restore(KeyValuePair<ScopeId, ScopeState>[] scopes, Entry[] expected, JournalEntry[] before)
    {
        _scopes.Clear();
        foreach (var (id, scope) in scopes)
        {
            _scopes.Add(id, scope);
        }

        _expected.Clear();
        foreach (var entry in expected)
        {
            _expected.Enqueue(entry);
        }

        _before.Clear();
        _before.AddRange(before);
    }

    private string? FaultUnderKnown(JournalEntry entry, Use? use, Func<IEnumerable<LotState>> lots)
    {
        if (_before is [var first, ..] && first.RecordedAt != entry.RecordedAt)
        {
            return UnexplainedBy(first);
        }

        var error = Ended || _expected.Count > 0 ? null : Run(entry, use, lots);
        Number(entry);
        if (Ended)
        {
            return null;
        }

        if (_expected.Count == 0)
        {
            if (error is null && entry.Content.SystemKey is not null)
            {
                _before.Add(entry);
                return null;
            }

            return error is null ? "The rules make no such entry." : $"The rules refuse it: {error.Message}";
        }

        foreach (var earlier in _before)
        {
            if (!_expected.TryDequeue(out var made) || Difference(made, earlier.Content, earlier.Key) is not null)
            {
                return UnexplainedBy(earlier);
            }
        }

        _before.Clear();
        return _expected.TryDequeue(out var expected) ? Difference(expected, entry.Content, entry.Key) : "The rules make no such entry.";
    }

    // False where the reset came after everything that was due; it is then a command like any other.
    private bool IsResetWithinDue(JournalEntry entry)
    {
        _known = Math.Max(_known, PublishedUntil(entry.RecordedAt));
        if (Ruleset() is not { } ruleset || _state is not { } before || RecordedCommand.Read(CommandReader.ReadReset, entry) is not { } command)
        {
            return false;
        }

        var booking = Bookkeeper.Reset(ruleset, Due(ruleset, entry.RecordedAt, endsCycle: true), command, entry.RecordedAt);
        if (!booking.Succeeded || booking.Entries.Length <= _due.Count)
        {
            return false;
        }

        _state = booking.State.AtRest();
        JournalEntry[] stored = [.. _due, entry];
        for (var i = 0; i < stored.Length; i++)
        {
            if (Difference(booking.Entries[i], stored[i].Content, stored[i].Key) is not null)
            {
                _state = before;
                return false;
            }
        }

        Take(booking);
        foreach (var _ in stored)
        {
            _expected.Dequeue();
        }

        _due.Clear();
        return true;
    }

    private static string UnexplainedBy(JournalEntry entry) => $"The rules make no such entry as {entry.Sequence}, {entry.Key}.";

    /// <summary>True for an entry whose command reads lots of which nothing may be left.</summary>
    public static bool ReadsLots(Entry entry) => GivesBack(entry) ||
        entry.Kind is EntryKind.Reversal or EntryKind.Refund or EntryKind.Void or EntryKind.Replacement or EntryKind.Capture or EntryKind.PlanChange;

    private static bool GivesBack(Entry entry)
    {
        foreach (ref readonly var line in entry.Postings.AsSpan())
        {
            if (line.Spent < 0)
            {
                return true;
            }
        }

        return false;
    }

    private EvaluationError? Run(JournalEntry entry, Use? use, Func<IEnumerable<LotState>> lots)
    {
        var content = entry.Content;
        var ruleset = Ruleset();
        if (ruleset is null || (_state is null && content.Kind != EntryKind.Subscribe))
        {
            Ended = true;
            return null;
        }

        return content switch
        {
            { SystemKey: not null } => Advance(ruleset, entry),
            { Kind: EntryKind.Subscribe } when _state is null => Open(ruleset, entry),
            { Kind: EntryKind.Charge or EntryKind.Correction } => Charge(ruleset, entry, lots),
            { Kind: EntryKind.FactsAndTerms } => Take(Bookkeeper.Set(ruleset, Due(ruleset, entry.RecordedAt), RecordedCommand.Named(content.Facts), RecordedCommand.Named(content.Terms), entry.RecordedAt)),
            { Kind: EntryKind.PlanChange, Plan: { } plan } => Take(Bookkeeper.ChangePlan(ruleset, Due(ruleset, entry.RecordedAt, endsCycle: true), plan, entry.RecordedAt)),
            { Kind: EntryKind.Grant, NewLots: [{ Origin: LotOrigin.Purchase } lot] } => Take(Bookkeeper.Buy(ruleset, Due(ruleset, entry.RecordedAt), RecordedCommand.Purchase(lot, content, Decimals(ruleset)), entry.RecordedAt)),
            { Kind: EntryKind.Hold } when RecordedCommand.Read(CommandReader.ReadHold, entry) is { } hold =>
                Take(Bookkeeper.Hold(ruleset, Counted(Bookkeeper.ScopesOf(ruleset, _state!, hold.Usage, entry.RecordedAt)), hold, entry.RecordedAt)),
            { Kind: EntryKind.Capture } when RecordedCommand.Read(CommandReader.ReadCapture, entry) is { } capture =>
                Advance(ruleset, entry) ?? Capture(ruleset, entry, capture, lots),
            { Kind: EntryKind.Release or EntryKind.HoldExpiry } when RecordedCommand.Read(CommandReader.ReadRelease, entry) is { } release =>
                Take(Bookkeeper.Release(ruleset, Due(ruleset, entry.RecordedAt), release, entry.RecordedAt)),
            { Kind: EntryKind.Reversal } when use is not null && RecordedCommand.Read(CommandReader.ReadReverse, entry) is { } reverse =>
                Advance(ruleset, entry) ?? Reverse(ruleset, entry, reverse, use with { Id = reverse.Use }, lots),
            { Kind: EntryKind.Refund } when RecordedCommand.Read(CommandReader.ReadRefund, entry) is { } refund =>
                Advance(ruleset, entry) ?? Take(Bookkeeper.Refund(ruleset, WithLots(Due(ruleset, entry.RecordedAt), lots), refund, entry.RecordedAt)),
            { Kind: EntryKind.Void } when RecordedCommand.Read(CommandReader.ReadVoid, entry) is { } ended =>
                Advance(ruleset, entry) ?? Take(Bookkeeper.Void(ruleset, WithLots(Due(ruleset, entry.RecordedAt), lots), ended, entry.RecordedAt)),
            { Kind: EntryKind.Replacement } when RecordedCommand.Read(CommandReader.ReadReplace, entry) is { } replace =>
                Advance(ruleset, entry) ?? Take(Bookkeeper.Replace(ruleset, WithLots(Due(ruleset, entry.RecordedAt), lots), replace, entry.RecordedAt)),
            { Kind: EntryKind.Reset } when RecordedCommand.Read(CommandReader.ReadReset, entry) is { } reset =>
                Take(Bookkeeper.Reset(ruleset, Due(ruleset, entry.RecordedAt, endsCycle: true), reset, entry.RecordedAt)),
            { Kind: EntryKind.Grant, NewLots: [var lot] } => Take(Bookkeeper.Grant(ruleset, Due(ruleset, entry.RecordedAt), RecordedCommand.Grant(lot, content, Decimals(ruleset)), entry.RecordedAt)),
            _ => End(),
        };
    }

    private EvaluationError? End()
    {
        Ended = true;
        return null;
    }

    private int PublishedUntil(Instant instant)
    {
        var count = 0;
        while (count < _versions.Length && _versions[count].PublishedAt <= instant)
        {
            count++;
        }

        return count;
    }

    /// <summary>The versions that were published when the entry was made; null where none was.</summary>
    private PublishedRuleset? Ruleset()
    {
        if (_known == 0)
        {
            return null;
        }

        if (_ruleset?.Versions.Length != _known)
        {
            _ruleset = new PublishedRuleset(_versions[0].Model.Name, [.. _versions.Take(_known).Select(v => new PublishedVersion(v.Model, v.ActiveFrom))]);
        }

        return _ruleset;
    }

    private EvaluationError? Open(PublishedRuleset ruleset, JournalEntry entry)
    {
        return Take(Bookkeeper.Open(ruleset, RecordedCommand.Opening(entry, ruleset.Name))) ?? Take(Bookkeeper.Advance(ruleset, Due(ruleset, Instants.Max(entry.RecordedAt, _state!.LastAt)), Instants.Max(entry.RecordedAt, _state!.LastAt)));
    }

    private EvaluationError? Charge(PublishedRuleset ruleset, JournalEntry entry, Func<IEnumerable<LotState>> lots)
    {
        if (RecordedCommand.Usage(entry) is not { } usage)
        {
            return End();
        }

        var givesBack = GivesBack(entry.Content);
        if (givesBack && Advance(ruleset, entry) is { } stuck)
        {
            return stuck;
        }

        var known = Counted(Bookkeeper.ScopesOf(ruleset, _state!, usage, entry.RecordedAt));
        known = givesBack ? WithLots(known, lots) : known;
        return entry.Content.Kind == EntryKind.Correction
            ? Take(Bookkeeper.Correct(ruleset, known, usage, entry.RecordedAt))
            : Take(Bookkeeper.Charge(ruleset, known, usage, entry.RecordedAt));
    }

    private EvaluationError? Capture(PublishedRuleset ruleset, JournalEntry entry, CaptureHold command, Func<IEnumerable<LotState>> lots)
    {
        var state = WithLots(_state!, lots);
        var scopes = Bookkeeper.ScopesOf(ruleset, state, command, entry.RecordedAt);
        return Take(Bookkeeper.Capture(ruleset, Counted(scopes) with { Lots = state.Lots, NamedLots = state.NamedLots }, command, entry.RecordedAt));
    }

    private EvaluationError? Reverse(PublishedRuleset ruleset, JournalEntry entry, ReverseUse command, Use use, Func<IEnumerable<LotState>> lots)
    {
        var state = WithLots(_state! with { Uses = [use] }, lots);
        var scopes = Bookkeeper.ScopesOf(ruleset, state, command, entry.RecordedAt);
        return Take(Bookkeeper.Reverse(
            ruleset, Counted(scopes) with { Lots = state.Lots, NamedLots = state.NamedLots, Uses = state.Uses }, command, entry.RecordedAt));
    }

    // What is due is done before a command reads lots that are at rest, as it was when it ran.
    private EvaluationError? Advance(PublishedRuleset ruleset, JournalEntry entry) =>
        Take(Bookkeeper.Advance(ruleset, Due(ruleset, entry.RecordedAt), entry.RecordedAt));

    // With every lot of the account, so that whatever the command names is there.
    private static AccountState WithLots(AccountState state, Func<IEnumerable<LotState>> lots)
    {
        var all = lots().OrderBy(lot => lot.Lot.Number).ToImmutableArray();
        return state with { Lots = all, NamedLots = [.. all.Select(lot => lot.Lot.Number)] };
    }

    // The next entry may settle the hold that this one made.
    private void Number(JournalEntry entry)
    {
        if (entry.Content.NewHold is { } made && _state is { } state)
        {
            _state = state with
            {
                Holds = [.. state.Holds.Select(hold => hold.Hold.Number == made.Number ? hold with { Sequence = entry.Sequence } : hold)],
            };
        }
    }

    private AccountState Due(PublishedRuleset ruleset, Instant upTo, bool endsCycle = false) => Counted(Bookkeeper.ScopesDue(ruleset, _state!, upTo, endsCycle));

    private AccountState Counted(IReadOnlyList<ScopeId> ids)
    {
        var scopes = ImmutableArray.CreateBuilder<ScopeState>();
        foreach (var id in ids)
        {
            if (_scopes.TryGetValue(id, out var scope))
            {
                scopes.Add(scope);
            }
        }

        return _state! with { Scopes = scopes.ToImmutable() };
    }

    private static int Decimals(PublishedRuleset ruleset) => ruleset.Versions[^1].Model.Credit.Decimals;

    private EvaluationError? Take<TAnswer>(Booking<TAnswer> booking)
        where TAnswer : class
    {
        if (!booking.Succeeded)
        {
            return booking.Error;
        }

        _state = booking.State.AtRest();
        foreach (var entry in booking.Entries)
        {
            _expected.Enqueue(entry);
            foreach (var scope in entry.Scopes)
            {
                _scopes[scope.Id] = scope;
            }
        }

        return null;
    }

    private string? Difference(Entry expected, Entry stored, string key)
    {
        if (expected.Kind != stored.Kind || (expected.SystemKey is { } due && !string.Equals(due, key, StringComparison.Ordinal)))
        {
            return $"The rules make an entry of kind {WireNames.Of(expected.Kind)} here{(expected.SystemKey is null ? "" : $", {expected.SystemKey}")}.";
        }

        if (expected.Amount != stored.Amount)
        {
            return $"The rules come to {expected.Amount}, and {stored.Amount} is stored.";
        }

        if (!expected.Postings.SequenceEqual(stored.Postings))
        {
            return "The rules draw on other lots, or other amounts of them.";
        }

        if (!expected.EndedLots.SequenceEqual(stored.EndedLots))
        {
            return "The rules end other lots.";
        }

        if (expected.Bill != stored.Bill)
        {
            return "The rules bill another amount.";
        }

        // A cycle that turned without an entry is carried by the next one, unless a refused command has stored it; here what fell due may have
        // turned it already.
        if (stored.Cycle is { } begun && begun != (expected.Cycle ?? _state!.Cycle))
        {
            return "The rules begin another cycle.";
        }

        if (!expected.NewLots.SequenceEqual(stored.NewLots) || expected.Version != stored.Version)
        {
            return "The rules open another lot, or another version priced it.";
        }

        if (!expected.NewDebts.SequenceEqual(stored.NewDebts) || !expected.DebtLines.SequenceEqual(stored.DebtLines) || expected.Forgiven != stored.Forgiven)
        {
            return "The rules come to other debts, or forgive another amount.";
        }

        return SameHold(expected.NewHold, stored.NewHold)
            && expected.Settlement == stored.Settlement
            && expected.Undone.SequenceEqual(stored.Undone)
                ? null
                : "The rules hold, settle or take back something else.";
    }

    private static bool SameHold(Hold? expected, Hold? stored) => expected is null || stored is null
        ? expected is null && stored is null
        : expected.Lines.SequenceEqual(stored.Lines) && expected with { Lines = stored.Lines, Event = stored.Event } == stored;
}
