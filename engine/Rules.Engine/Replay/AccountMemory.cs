using System.Collections.Immutable;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Drawing;

namespace Rules.Engine.Replay;

/// <summary>
/// What a replay remembers of an account beyond its state, where later commands give credits back: every lot, used up or not, and the uses that
/// are taken back.
/// </summary>
internal sealed class AccountMemory
{
    private readonly Dictionary<long, LotState> _lots = [];
    private readonly Dictionary<string, Use> _uses = new(StringComparer.Ordinal);
    private bool _keeps;
    private long _sequence;

    /// <summary>In order of number.</summary>
    public ImmutableArray<LotState> Lots => [.. _lots.Values.OrderBy(static lot => lot.Lot.Number)];

    public ImmutableArray<Use> Uses => [.. _uses.Values];

    public bool IsPostpaid(long lot) => _lots.TryGetValue(lot, out var known) && known.Lot.Origin == LotOrigin.Postpaid;

    public void Begin(AccountHistory history)
    {
        _lots.Clear();
        _uses.Clear();
        // Behind the entries of the uses that it knows already, so that no line is taken for another.
        _sequence = history.Uses.SelectMany(static use => use.Lines.Select(static line => line.Sequence).Append(use.Sequence)).DefaultIfEmpty().Max();
        _keeps = history.GivesBack;
        if (!_keeps)
        {
            return;
        }

        foreach (var lot in history.Opening.Lots.Concat(history.UsedLots))
        {
            _lots[lot.Lot.Number] = lot;
        }

        foreach (var use in history.Uses)
        {
            _uses.Add(use.Id, use);
        }
    }

    /// <summary>The state with every lot of the account, and with the use that a command names.</summary>
    public AccountState Recall(AccountState state, string? use)
    {
        if (!_keeps)
        {
            return state;
        }

        var lots = Lots;
        return state with
        {
            Lots = lots,
            NamedLots = [.. lots.Select(static lot => lot.Lot.Number)],
            Uses = use is not null && _uses.TryGetValue(use, out var known) ? [known] : [],
        };
    }

    /// <param name="use">Id of the use that the command's own entry is; null where none will be taken back.</param>
    public void Take(ImmutableArray<Entry> entries, Instant recordedAt, int? cycle, string? use = null)
    {
        if (!_keeps)
        {
            return;
        }

        foreach (var entry in entries)
        {
            _sequence++;
            Apply(entry);
            if (use is not null && entry.SystemKey is null && entry.Kind is EntryKind.Charge or EntryKind.Capture or EntryKind.Correction)
            {
                _uses[use] = new Use
                {
                    Id = use,
                    Sequence = _sequence,
                    Kind = entry.Kind,
                    Amount = entry.Amount,
                    Version = entry.Version,
                    RecordedAt = recordedAt,
                    Cycle = cycle,
                    Event = entry.Event,
                    Lines = LinesOf(entry),
                    Debts = [.. entry.NewDebts.Select(static debt => debt.Number)],
                };
            }

            Repay(entry);
            Undo(entry);
        }
    }

    private void Apply(Entry entry)
    {
        foreach (var lot in entry.NewLots)
        {
            _lots[lot.Number] = new LotState(lot, 0, 0, 0, 0, 0, 0);
        }

        foreach (ref readonly var posting in entry.Postings.AsSpan())
        {
            _lots[posting.Lot] = _lots[posting.Lot].Apply(posting);
        }

        foreach (var end in entry.EndedLots)
        {
            _lots[end.Lot] = _lots[end.Lot] with { IsEnded = true, Successor = end.Successor };
        }
    }

    private ImmutableArray<UseLine> LinesOf(Entry entry)
    {
        var lines = ImmutableArray.CreateBuilder<UseLine>(entry.Postings.Length);
        for (var i = 0; i < entry.Postings.Length; i++)
        {
            if (entry.Postings[i].Spent > 0)
            {
                lines.Add(new UseLine(_sequence, i, entry.Postings[i].Lot, entry.Postings[i].Spent, 0));
            }
        }

        return lines.ToImmutable();
    }

    // Repayments belong to the use that owed.
    private void Repay(Entry entry)
    {
        foreach (var debt in entry.DebtLines.Where(static line => line.Kind == DebtLineKind.Repaid).Select(static line => line.Debt).Distinct())
        {
            foreach (var use in _uses.Values.Where(use => use.Debts.Contains(debt)).ToList())
            {
                _uses[use.Id] = use with { Lines = use.Lines.AddRange(LinesOf(entry)) };
            }
        }
    }

    private void Undo(Entry entry)
    {
        foreach (var undone in entry.Undone)
        {
            foreach (var use in _uses.Values.ToList())
            {
                _uses[use.Id] = use with
                {
                    Lines = [.. use.Lines.Select(line => line.Sequence == undone.Sequence && line.Line == undone.Line ? line with { Undone = line.Undone + undone.Amount } : line)],
                };
            }
        }
    }
}
