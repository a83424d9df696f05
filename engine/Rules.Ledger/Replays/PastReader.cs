using System.Collections.Immutable;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Drawing;
using Rules.Engine.Model;
using Rules.Engine.Replay;
using Rules.Engine.Wire;
using Rules.Ledger.Journal;
using Rules.Ledger.Storage;

namespace Rules.Ledger.Replays;

/// <summary>
/// Collects one account's commands from its entries, oldest first, and makes of them its past in a window. What fell due is left out: a replay makes
/// it again. A refusal left no entry, so a use that was refused is not in its past. More entries may come after a past was made.
/// </summary>
/// <param name="from">Where the window begins.</param>
internal sealed class PastReader(PublishedRuleset ruleset, UsageShapes shapes, Instant from)
{
    private readonly int _decimals = ruleset.Versions[^1].Model.Credit.Decimals;
    private readonly Part _before = new(shapes);
    private readonly Part _within = new(shapes);
    private JournalEntry? _opening;

    /// <summary>The first entry that cannot be run again from what it carries; the account's past ends before it.</summary>
    public long? Stuck { get; private set; }

    /// <summary>Sequence and hash of the last entry, which stand for all before it.</summary>
    public (long Sequence, ReadOnlyMemory<byte> Hash) Head { get; private set; }

    /// <param name="proof">The account's next entry.</param>
    /// <returns>True for one that somebody asked for.</returns>
    public bool Add(EntryProof proof)
    {
        var entry = proof.Entry;
        Head = (entry.Sequence, entry.Hash);
        if (Stuck is not null)
        {
            return false;
        }

        if (Entry.IsSystemKey(entry.Key))
        {
            return false;
        }

        if (_opening is null)
        {
            _opening = entry;
            Stuck = entry.Content.Kind == EntryKind.Subscribe ? null : entry.Sequence;
            return true;
        }

        if (!(entry.RecordedAt < from ? _before : _within).TryAdd(proof, this))
        {
            Stuck = entry.Sequence;
        }

        return true;
    }

    /// <summary>Adds a plain use that comes next, out of columns with the same shapes.</summary>
    public void AddUse(long sequence, UsageColumns usage, int index)
    {
        if (Stuck is null && _opening is not null)
        {
            (usage.RecordedAtOf(index) < from ? _before : _within).Add(sequence, usage, index);
        }
    }

    /// <summary>Says which entry was the last of what was added without it.</summary>
    public void MoveTo(long sequence, ReadOnlyMemory<byte> hash) => Head = (sequence, hash);

    /// <summary>The account's past; null where it was not open in the window.</summary>
    /// <param name="forwarder">Under the published versions.</param>
    public AccountHistory? ToHistory(ReplayRun.Forwarder forwarder, CancellationToken cancellationToken)
    {
        if (_opening is null || Stuck == _opening.Sequence)
        {
            return null;
        }

        var givesBack = _before.GivesBack || _within.GivesBack;
        var command = RecordedCommand.Opening(_opening, ruleset.Name);
        var opened = Bookkeeper.Open(ruleset, command);
        if (!opened.Succeeded)
        {
            Stuck = _opening.Sequence;
            return null;
        }

        var before = _before.ToHistory(opened.State) with { Opens = command, GivesBack = givesBack };
        return _within.Over(_opening.RecordedAt < from ? forwarder.Forward(before, before with { Opens = null }, from, cancellationToken) : before);
    }

    private bool Name(long sequence, string id) => _within.Name(sequence, id) || _before.Name(sequence, id);

    private AccountOperation? OperationOf(JournalEntry entry) => entry.Content switch
    {
        { Kind: EntryKind.FactsAndTerms } set => new SetOperation(RecordedCommand.Named(set.Facts), RecordedCommand.Named(set.Terms), entry.RecordedAt),
        { Kind: EntryKind.PlanChange, Plan: { } plan } => new ChangePlanOperation(plan, entry.RecordedAt),
        { Kind: EntryKind.Grant, NewLots: [{ Origin: LotOrigin.Purchase } lot] } bought =>
            new BuyOperation(RecordedCommand.Purchase(lot, bought, _decimals), entry.RecordedAt),
        { Kind: EntryKind.Grant, NewLots: [var lot] } granted => new GrantOperation(RecordedCommand.Grant(lot, granted, _decimals), entry.RecordedAt),
        { Kind: EntryKind.Hold } when RecordedCommand.Read(CommandReader.ReadHold, entry) is { } hold => new HoldOperation(hold, entry.RecordedAt),
        { Kind: EntryKind.Release or EntryKind.HoldExpiry } when RecordedCommand.Read(CommandReader.ReadRelease, entry) is { } release =>
            new ReleaseOperation(release, entry.RecordedAt),
        { Kind: EntryKind.Reset } when RecordedCommand.Read(CommandReader.ReadReset, entry) is { } reset => new ResetOperation(reset, entry.RecordedAt),
        { Kind: EntryKind.Refund } when RecordedCommand.Read(CommandReader.ReadRefund, entry) is { } refund => new RefundOperation(refund, entry.RecordedAt),
        { Kind: EntryKind.Void } when RecordedCommand.Read(CommandReader.ReadVoid, entry) is { } ended => new VoidOperation(ended, entry.RecordedAt),
        { Kind: EntryKind.Replacement } when RecordedCommand.Read(CommandReader.ReadReplace, entry) is { } replace =>
            new ReplaceOperation(replace, entry.RecordedAt),
        _ => null,
    };

    /// <summary>The commands on one side of the beginning of the window.</summary>
    private sealed class Part(UsageShapes shapes)
    {
        private readonly UsageColumnsBuilder _usage = new(shapes);
        private readonly List<long> _sequences = [];
        private readonly ImmutableArray<PlacedOperation>.Builder _operations = ImmutableArray.CreateBuilder<PlacedOperation>();

        public bool GivesBack { get; private set; }

        public bool TryAdd(EntryProof proof, PastReader reader)
        {
            var entry = proof.Entry;
            switch (entry.Content.Kind)
            {
                case EntryKind.Charge when RecordedCommand.Usage(entry) is { } usage:
                    _usage.Add(usage, entry.RecordedAt);
                    break;
                case EntryKind.Correction when RecordedCommand.Usage(entry) is { } usage:
                    _usage.Add(usage, entry.RecordedAt, new CorrectOperation(usage, entry.RecordedAt));
                    break;
                case EntryKind.Capture when RecordedCommand.Read(CommandReader.ReadCapture, entry) is { } capture && RecordedCommand.Usage(entry) is { } usage:
                    GivesBack = true;
                    _usage.Add(usage, entry.RecordedAt, new CaptureOperation(capture, entry.RecordedAt));
                    break;
                case EntryKind.Reversal when entry.Reference is { } undone && proof.Use?.Event is { } usage
                    && RecordedCommand.Read(CommandReader.ReadReverse, entry) is { } reverse && reader.Name(undone, reverse.Use):
                    GivesBack = true;
                    _usage.Add(usage with { OccurredAt = entry.Content.OccurredAt }, entry.RecordedAt, new ReverseOperation(reverse, entry.RecordedAt));
                    break;
                default:
                    if (reader.OperationOf(entry) is not { } operation)
                    {
                        return false;
                    }

                    GivesBack |= entry.Content.Kind is EntryKind.Refund or EntryKind.Void or EntryKind.Replacement;
                    _operations.Add(new PlacedOperation(_usage.Count, operation));
                    return true;
            }

            _sequences.Add(entry.Sequence);
            return true;
        }

        public void Add(long sequence, UsageColumns usage, int index)
        {
            _usage.Add(usage, index);
            _sequences.Add(sequence);
        }

        /// <returns>False where no use of this part has the sequence.</returns>
        public bool Name(long sequence, string id)
        {
            var place = _sequences.BinarySearch(sequence);
            if (place >= 0)
            {
                _usage.Name(place, id);
            }

            return place >= 0;
        }

        public AccountHistory ToHistory(AccountState opening) =>
            new(opening with { Scopes = [] }, opening.Scopes, _usage.ToColumns(), _operations.ToImmutable());

        /// <summary>The same account as it stood, with what came here.</summary>
        public AccountHistory Over(AccountHistory opened) => opened with { Usage = _usage.ToColumns(), Operations = _operations.ToImmutable() };
    }
}
