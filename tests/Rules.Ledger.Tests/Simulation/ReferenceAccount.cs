namespace Rules.Ledger.Tests.Simulation;

/// <summary>An account kept by hand: its time, and how a unit moves. What its owner may ask for is in the other part.</summary>
internal sealed partial class ReferenceAccount
{
    private readonly Dictionary<string, ReferenceHold> _holds = new(StringComparer.Ordinal);
    private readonly List<ReferenceHold> _open = [];
    private readonly Dictionary<string, ReferenceUse> _uses = new(StringComparer.Ordinal);
    private readonly List<int> _paid = [];
    private readonly List<(long From, int Factor)> _speeds = [(long.MinValue, 1)];
    private DateTime _anchor;
    private int _cycle;
    private int _firstCycle;
    private readonly bool _rolls;
    private string _plan = "Team";
    private long _done;
    private long _began;

    public ReferenceAccount(long at, bool rolls)
    {
        _rolls = rolls;
        _done = at;
        Opened = at;
        Last = at;
        _anchor = DateTime.UnixEpoch.AddTicks(at * 10);
        Begin(0);
    }

    private ReferenceAccount(ReferenceAccount other)
    {
        (_anchor, _cycle, _firstCycle, _plan, Opened, Last) = (other._anchor, other._cycle, other._firstCycle, other._plan, other.Opened, other.Last);
        (_rolls, _done, _began) = (other._rolls, other._done, other._began);
        _speeds = other._speeds;
        Lots = [.. other.Lots.Select(lot => lot.Copy())];
        _open = [.. other._open];
    }

    public long Opened { get; }

    public long Last { get; private set; }

    /// <summary>In the order in which they came to be; a lot's number is its place from 1.</summary>
    public List<ReferenceLot> Lots { get; } = [];

    /// <summary>The account as it would be at an instant, without any command; it knows no uses.</summary>
    public ReferenceAccount At(long at)
    {
        var copy = new ReferenceAccount(this);
        copy.Advance(at);
        return copy;
    }

    public void Advance(long at)
    {
        Last = Math.Max(Last, at);
        for (var next = Due(); next <= Last; next = Due())
        {
            ReleaseAndLapse(next);
            var renews = Boundary(_cycle + 1) == next;
            if (renews || Lots.Any(lot => !lot.IsEnded && lot.CarriedFrom > _done && lot.CarriedFrom <= next))
            {
                CutCarried(next);
            }

            if (renews)
            {
                Begin(_cycle + 1);
            }

            _done = Math.Max(_done, next);
        }

        _done = Math.Max(_done, Last);
    }

    private void ReleaseAndLapse(long at)
    {
        foreach (var hold in _open.Where(hold => hold.End <= at).ToList())
        {
            Settle(hold, "expired");
            hold.Units.ForEach(unit => Return(unit, at, wasSpent: false));
        }

        Lapse(at);
    }

    // The oldest first; one of which nothing is left or held has ended.
    private void CutCarried(long at)
    {
        var carried = Lots.Where(lot => lot.IsCarried(at)).OrderBy(lot => lot.From).ThenBy(lot => lot.Number).ToList();
        var excess = carried.Sum(lot => lot.Available) - SimulatedRules.CarriedLimit;
        foreach (var lot in carried)
        {
            for (; excess > 0 && lot.Available > 0; excess--)
            {
                lot.Available--;
                lot.Expired++;
                lot.IsEnded = lot.Available == 0 && lot.Held == 0;
            }
        }
    }

    /// <summary>What a unit of use costs at an instant.</summary>
    public int FactorAt(long at) => _speeds.Last(speed => speed.From <= Math.Max(at, Opened)).Factor;

    public override string ToString() => string.Join(", ", Lots.Select(lot => lot.ToString()));

    private long Due()
    {
        var next = Boundary(_cycle + 1);
        foreach (var hold in _open)
        {
            next = Math.Min(next, hold.End);
        }

        foreach (var lot in Lots)
        {
            next = lot.Available > 0 ? Math.Min(next, lot.End) : next;
            next = lot.CarriedFrom > _done ? Math.Min(next, lot.CarriedFrom) : next;
        }

        return next;
    }

    private void Lapse(long at)
    {
        foreach (var lot in Lots.Where(lot => lot.End <= at))
        {
            LapseWhole(lot);
        }
    }

    private static void LapseWhole(ReferenceLot lot)
    {
        lot.Expired += lot.Available;
        lot.Available = 0;
    }

    private void Begin(int cycle)
    {
        _cycle = cycle;
        _began = Boundary(cycle);
        GrantPlan(_began);
    }

    private void GrantPlan(long at) => Make(
        $"plan {Lots.Count}", "included", _plan == "Team" ? SimulatedRules.TeamCredits : SimulatedRules.ProCredits, at,
        Boundary(_cycle + (_rolls ? 2 : 1)), _rolls ? Boundary(_cycle + 1) : long.MaxValue);

    private ReferenceLot Make(string id, string bucket, long amount, long from, long end, long carriedFrom = long.MaxValue, int? cycle = null)
    {
        var lot = new ReferenceLot(Lots.Count + 1, id, bucket, amount, from, end, cycle ?? _cycle) { Granted = amount, Available = amount, CarriedFrom = carriedFrom };
        Lots.Add(lot);
        return lot;
    }

    // Counted from the anchor, not from the boundary before.
    private long Boundary(int cycle) => (_anchor.AddMonths(cycle - _firstCycle) - DateTime.UnixEpoch).Ticks / 10;

    private long Room() => Lots.Where(lot => !lot.IsPostpaid && lot.IsLive(Last)).Sum(lot => lot.Available)
        + SimulatedRules.Limit - Lots.Where(lot => lot.IsPostpaid).Sum(lot => lot.Held + (lot.Cycle == _cycle ? lot.Spent : 0));

    /// <summary>The lot of the next unit. There must be room.</summary>
    private ReferenceLot Take()
    {
        var next = Lots.Where(lot => !lot.IsPostpaid && lot.Available > 0 && lot.IsLive(Last))
            .OrderBy(lot => lot.Bucket == "included" ? 0 : 1).ThenBy(lot => lot.End).ThenBy(lot => lot.From).ThenBy(lot => lot.Number).FirstOrDefault();
        if (next is not null)
        {
            next.Available--;
            return next;
        }

        var later = Later();
        later.Granted++;
        return later;
    }

    // The postpaid lot of the running cycle, which the first use of it makes.
    private ReferenceLot Later() => Lots.Find(lot => lot.IsPostpaid && lot.Cycle == _cycle) ?? Make("postpaid", "later", 0, Last, long.MaxValue);

    /// <summary>A unit that was held or spent comes back: to its lot, to the lot that took its place, or nowhere.</summary>
    private void Return(int number, long at, bool wasSpent)
    {
        var lot = Lots[number - 1];
        if (wasSpent)
        {
            lot.Spent--;
        }
        else
        {
            lot.Held--;
        }

        if (lot.IsPostpaid)
        {
            lot.Granted--;
            return;
        }

        if (lot.IsLive(at))
        {
            lot.Available++;
            return;
        }

        for (var next = lot.Successor; next != 0; next = Lots[next - 1].Successor)
        {
            var heir = Lots[next - 1];
            if (heir.IsLive(at))
            {
                if (heir.Amount - heir.Available - heir.Held > 0)
                {
                    lot.Moved++;
                    heir.Granted++;
                    heir.Available++;
                    return;
                }

                break;
            }
        }

        lot.Expired++;
    }

    private void Settle(ReferenceHold hold, string how)
    {
        _open.Remove(hold);
        _holds[hold.Id] = hold with { Ended = how };
    }
}
