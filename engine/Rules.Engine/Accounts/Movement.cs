using System.Collections.Immutable;
using System.Globalization;
using NodaTime;
using Rules.Engine.Drawing;
using Rules.Engine.Model;

namespace Rules.Engine.Accounts;

/// <summary>
/// The postings of one entry that settles a hold or gives credits back, collected line by line. Each line sees the lots as the lines before
/// it leave them. Invariant: nothing is created; what comes back is at most what was held or spent.
/// </summary>
/// <param name="model">Says how long returned credits live.</param>
internal sealed class Movement(RulesetModel model, AccountState state, Instant at)
{
    private readonly Dictionary<long, LotState> _lots = [];
    private readonly ImmutableArray<Posting>.Builder _postings = ImmutableArray.CreateBuilder<Posting>();
    private readonly ImmutableArray<CreditsBack>.Builder _back = ImmutableArray.CreateBuilder<CreditsBack>();
    private readonly ImmutableArray<CreditNote>.Builder _notes = ImmutableArray.CreateBuilder<CreditNote>();
    private readonly ImmutableArray<Draw>.Builder _draws = ImmutableArray.CreateBuilder<Draw>();

    public ImmutableArray<Posting> Postings => _postings.ToImmutable();

    public ImmutableArray<Lot> NewLots { get; private set; } = [];

    public ImmutableArray<CreditsBack> Back => _back.ToImmutable();

    public ImmutableArray<CreditNote> CreditNotes => _notes.ToImmutable();

    /// <summary>What captures spent, in draw order.</summary>
    public ImmutableArray<Draw> Draws => _draws.ToImmutable();

    /// <summary>False for a lot that the state does not hold.</summary>
    public bool Knows(long number)
    {
        var known = _lots.ContainsKey(number);
        foreach (ref readonly var lot in state.Lots.AsSpan())
        {
            known |= lot.Lot.Number == number;
        }

        return known;
    }

    /// <summary>The lot as this movement leaves it. The state must hold it.</summary>
    public LotState LotOf(long number)
    {
        if (_lots.TryGetValue(number, out var lot))
        {
            return lot;
        }

        foreach (var known in state.Lots)
        {
            if (known.Lot.Number == number)
            {
                return known;
            }
        }

        throw new InvalidOperationException($"Lot {number} was not read.");
    }

    /// <summary>Held credits are spent. Postpaid ones count towards the running cycle, and are billed with it (time, rule 21).</summary>
    public void Capture(long number, long amount)
    {
        if (amount == 0)
        {
            return;
        }

        var known = LotOf(number);
        var lot = known.Lot;
        if (lot.Origin == LotOrigin.Postpaid && IsBilled(known))
        {
            var running = RunningPostpaid(lot.Bucket);
            Post(Posting.HoldPostpaid(number, -amount));
            Post(Posting.SpendPostpaid(running, amount));
            number = running;
        }
        else
        {
            Post(Posting.Capture(number, amount));
        }

        _draws.Add(new Draw(lot.Bucket, number, amount));
    }

    /// <summary>Credits that were held or spent come back (time, rule 20).</summary>
    /// <param name="wasSpent">False: they were held.</param>
    public void Return(long number, long amount, bool wasSpent)
    {
        if (amount == 0)
        {
            return;
        }

        var lot = LotOf(number);
        if (lot.Lot.Origin == LotOrigin.Postpaid)
        {
            Post(wasSpent ? Posting.SpendPostpaid(number, -amount) : Posting.HoldPostpaid(number, -amount));
            _back.Add(new CreditsBack(lot.Lot.Bucket, number, amount, BackTo.Postpaid));
            if (wasSpent && lot.Lot.Cycle is { } cycle && IsBilled(lot))
            {
                _notes.Add(new CreditNote(lot.Lot.Bucket, cycle, amount));
            }

            return;
        }

        if (IsLive(lot))
        {
            Post(From(number, amount, wasSpent) with { Available = amount });
            _back.Add(new CreditsBack(lot.Lot.Bucket, number, amount, BackTo.Lot));
            return;
        }

        var rest = amount - MoveToSuccessor(lot, amount, wasSpent);
        if (rest == 0)
        {
            return;
        }

        if (model.Holds.ReturnedLive is { } life)
        {
            var made = NewLot(lot.Lot, rest, life);
            Post(From(number, rest, wasSpent) with { Moved = rest });
            Post(Posting.Grant(made.Number, rest));
            _back.Add(new CreditsBack(lot.Lot.Bucket, made.Number, rest, BackTo.NewLot));
            return;
        }

        Post(From(number, rest, wasSpent) with { Expired = rest });
        _back.Add(new CreditsBack(lot.Lot.Bucket, number, rest, BackTo.Lapsed));
    }

    // A bill ends the lot of its use, at the end of a cycle or inside one.
    private bool IsBilled(in LotState lot) => lot.IsEnded || lot.Lot.Cycle != (state.Cycle?.Number ?? 0);

    private bool IsLive(in LotState lot) => !lot.IsEnded && Balances.IsLive(lot.Lot, at);

    // At most what the successor has room for: what it does not have available or held of its own amount.
    private long MoveToSuccessor(in LotState lot, long amount, bool wasSpent)
    {
        var next = lot;
        while (next.Successor is { } number)
        {
            next = LotOf(number);
            if (!IsLive(next))
            {
                continue;
            }

            var moved = Math.Min(amount, Math.Max(0, next.Lot.Amount - next.Available - next.Held));
            if (moved > 0)
            {
                Post(From(lot.Lot.Number, moved, wasSpent) with { Moved = moved });
                Post(Posting.Grant(number, moved));
                _back.Add(new CreditsBack(next.Lot.Bucket, number, moved, BackTo.Successor));
            }

            return moved;
        }

        return 0;
    }

    private static Posting From(long lot, long amount, bool wasSpent) => new(lot, 0, 0, wasSpent ? 0 : -amount, wasSpent ? -amount : 0, 0, 0);

    private Lot NewLot(Lot old, long amount, CalendarSpan life)
    {
        var number = state.NextLot + NewLots.Length;
        return Add(new Lot
        {
            Number = number,
            Id = string.Create(CultureInfo.InvariantCulture, $"sys:back:{number}"),
            Bucket = old.Bucket,
            Amount = amount,
            CreatedAt = at,
            EffectiveAt = at,
            ExpiresAt = Lives.After(at, life, Zones.Of(model, state)),
            Priority = old.Priority,
            Cost = old.Cost,
            Origin = old.Origin,
        });
    }

    private long RunningPostpaid(string bucket)
    {
        foreach (var lot in state.Lots)
        {
            if (lot.Lot.Origin == LotOrigin.Postpaid && lot.Lot.Bucket == bucket && !IsBilled(lot))
            {
                return lot.Lot.Number;
            }
        }

        foreach (var lot in NewLots)
        {
            if (lot.Origin == LotOrigin.Postpaid && lot.Bucket == bucket)
            {
                return lot.Number;
            }
        }

        return Add(Balances.PostpaidLot(bucket, state, state.NextLot + NewLots.Length, at)).Number;
    }

    private Lot Add(Lot lot)
    {
        NewLots = NewLots.Add(lot);
        _lots.Add(lot.Number, new LotState(lot, 0, 0, 0, 0, 0, 0));
        return lot;
    }

    private void Post(in Posting posting)
    {
        _lots[posting.Lot] = LotOf(posting.Lot).Apply(posting);
        _postings.Add(posting);
    }
}
