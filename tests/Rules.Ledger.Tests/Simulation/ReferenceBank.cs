namespace Rules.Ledger.Tests.Simulation;

/// <summary>
/// The simulated ruleset done by hand, unit by unit: no store, no sequence, and no line shared with the product. Instants are microseconds
/// since 1970.
/// </summary>
internal sealed class ReferenceBank
{
    private readonly Dictionary<string, ReferenceAccount> _accounts = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, ReferenceAccount> Accounts => _accounts;

    public void Open(string account, long at) => _accounts.Add(account, new ReferenceAccount(at));
}

internal sealed class ReferenceAccount
{
    private readonly DateTime _anchor;
    private int _cycle;
    private int _nextLot = 1;

    public ReferenceAccount(long at)
    {
        Opened = at;
        Last = at;
        _anchor = DateTime.UnixEpoch.AddTicks(at * 10);
        Begin(0);
    }

    private ReferenceAccount(ReferenceAccount other)
    {
        (_anchor, _cycle, _nextLot, Opened, Last) = (other._anchor, other._cycle, other._nextLot, other.Opened, other.Last);
        Lots = [.. other.Lots.Select(lot => lot.Copy())];
    }

    public long Opened { get; }

    public long Last { get; private set; }

    /// <summary>In the order in which they came to be; a lot's number is its place from 1.</summary>
    public List<ReferenceLot> Lots { get; } = [];

    /// <summary>The account as it would be at an instant, without any command.</summary>
    public ReferenceAccount At(long at)
    {
        var copy = new ReferenceAccount(this);
        copy.Advance(at);
        return copy;
    }

    public void Advance(long at)
    {
        Last = Math.Max(Last, at);
        while (Boundary(_cycle + 1) <= Last)
        {
            Expire(Boundary(_cycle + 1));
            Begin(_cycle + 1);
        }

        Expire(Last);
    }

    public void Grant(long at, long amount, long? end)
    {
        Advance(at);
        Lots.Add(new ReferenceLot(_nextLot++, "prepaid", Last, end ?? long.MaxValue, _cycle) { Granted = amount, Available = amount });
        Expire(Last);
    }

    /// <returns>False, and nothing but time has moved, when there is not enough.</returns>
    public bool Charge(long at, long amount)
    {
        Advance(at);
        var taken = new List<ReferenceLot>();
        for (long unit = 0; unit < amount; unit++)
        {
            var lot = Lots.Where(l => l.Bucket != "later" && l.Available > 0 && l.From <= Last && l.End > Last)
                .OrderBy(l => l.Bucket == "included" ? 0 : 1).ThenBy(l => l.End).ThenBy(l => l.From).ThenBy(l => l.Number).FirstOrDefault();
            if (lot is not null)
            {
                lot.Available--;
            }
            else if ((lot = Lots.FirstOrDefault(l => l.Bucket == "later" && l.Cycle == _cycle)) is null || lot.Spent < SimulatedRules.Limit)
            {
                if (lot is null)
                {
                    lot = new ReferenceLot(_nextLot++, "later", Last, long.MaxValue, _cycle);
                    Lots.Add(lot);
                }

                lot.Granted++;
            }
            else
            {
                Undo(taken);
                return false;
            }

            lot.Spent++;
            taken.Add(lot);
        }

        return true;
    }

    public override string ToString() => string.Join(", ", Lots.Select(lot => lot.ToString()));

    private void Undo(List<ReferenceLot> taken)
    {
        foreach (var lot in taken)
        {
            lot.Spent--;
            if (lot.Bucket == "later")
            {
                lot.Granted--;
            }
            else
            {
                lot.Available++;
            }
        }

        if (Lots is [.., { Bucket: "later", Granted: 0 } last])
        {
            Lots.Remove(last);
            _nextLot--;
        }
    }

    private void Begin(int cycle)
    {
        _cycle = cycle;
        Lots.Add(new ReferenceLot(_nextLot++, "included", Boundary(cycle), Boundary(cycle + 1), cycle)
        {
            Granted = SimulatedRules.PlanCredits,
            Available = SimulatedRules.PlanCredits,
        });
    }

    private void Expire(long at)
    {
        foreach (var lot in Lots.Where(lot => lot.End <= at))
        {
            lot.Expired += lot.Available;
            lot.Available = 0;
        }
    }

    private long Boundary(int cycle) => (_anchor.AddMonths(cycle) - DateTime.UnixEpoch).Ticks / 10;
}

internal sealed class ReferenceLot(int number, string bucket, long from, long end, int cycle)
{
    public int Number => number;

    public string Bucket => bucket;

    public long From => from;

    public long End => end;

    public int Cycle => cycle;

    public long Granted { get; set; }

    public long Available { get; set; }

    public long Spent { get; set; }

    public long Expired { get; set; }

    public ReferenceLot Copy() => new(number, bucket, from, end, cycle) { Granted = Granted, Available = Available, Spent = Spent, Expired = Expired };

    public override string ToString() => FormattableString.Invariant($"{number} {bucket} {Granted}={Available}+{Spent}+{Expired}");
}
