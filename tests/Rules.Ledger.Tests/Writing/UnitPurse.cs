using NodaTime;

namespace Rules.Ledger.Tests.Writing;

/// <summary>
/// The same account with every credit moved by itself, one after the other: no draw plan, no posting, no arithmetic on amounts. Shares nothing with
/// what it is compared to.
/// </summary>
internal sealed class UnitPurse
{
    private readonly Dictionary<string, UseOfUnits> _uses = [];
    private readonly Dictionary<string, HoldOfUnits> _holds = [];

    public List<LotOfUnits> Lots { get; } = [];

    public List<DebtOfUnits> Debts { get; } = [];

    public string Apply(MovementStep step)
    {
        Advance(step.At);
        var answer = step.Kind switch
        {
            'g' => Grant(step),
            'c' => Charge(step),
            'h' => Hold(step),
            'p' => Capture(step),
            'r' => Release(step),
            'v' => Reverse(step),
            'f' => Refund(step),
            _ => Void(step),
        };
        Repay(step.At);
        return answer;
    }

    private void Advance(Instant now)
    {
        var instants = Lots.Where(lot => lot.End <= now).Select(lot => lot.End)
            .Concat(_holds.Values.Where(hold => hold.Ended is null && hold.End <= now).Select(hold => hold.End)).Distinct().Order().ToList();
        foreach (var at in instants)
        {
            foreach (var hold in _holds.Values.Where(hold => hold.Ended is null && hold.End <= at).ToList())
            {
                hold.Ended = "expired";
                Return(hold.Units, at);
            }

            foreach (var lot in Lots.Where(lot => lot.End <= at))
            {
                while (lot.Available > 0)
                {
                    lot.Available--;
                    lot.Expired++;
                }
            }

            Repay(at);
        }
    }

    private string Grant(MovementStep step)
    {
        Lots.Add(new LotOfUnits(step.Id, step.Life is { } life ? step.At + life : Instant.MaxValue, step.Life is null ? 1 : 0, Lots.Count) { Available = step.Amount });
        return "ok";
    }

    private string Charge(MovementStep step)
    {
        if (!MayTake(step.Amount, step.At))
        {
            return "refused";
        }

        _uses.Add(step.Id, Take(new UseOfUnits(), step.Amount, step.At));
        return "ok";
    }

    private bool MayTake(int amount, Instant at)
    {
        var there = Lots.Where(lot => lot.Lives(at)).Sum(lot => lot.Available);
        return amount <= there || amount - there <= MovementSteps.DebtLimit - Debts.Sum(debt => debt.Owed);
    }

    private UseOfUnits Take(UseOfUnits use, int amount, Instant at)
    {
        DebtOfUnits? debt = null;
        for (var unit = 0; unit < amount; unit++)
        {
            if (Next(at) is { } lot)
            {
                lot.Available--;
                lot.Spent++;
                use.Units.Add(new Unit(lot));
                continue;
            }

            if (debt is null)
            {
                debt = new DebtOfUnits(use);
                use.Debts.Add(debt);
                Debts.Add(debt);
            }

            debt.Owed++;
        }

        return use;
    }

    private string Hold(MovementStep step)
    {
        var hold = new HoldOfUnits(step.At + step.Life!.Value);
        for (var unit = 0; unit < step.Amount && Next(step.At) is { } lot; unit++)
        {
            lot.Available--;
            lot.Held++;
            hold.Units.Add(lot);
        }

        _holds.Add(step.Id, hold);
        return "ok";
    }

    private string Capture(MovementStep step)
    {
        if (!_holds.TryGetValue(step.Id, out var hold))
        {
            return "unknown_hold";
        }

        var call = "captured " + step.Amount;
        if (hold.Ended is not null)
        {
            return hold.Ended == call ? "ok" : "refused";
        }

        var beyond = Math.Max(0, step.Amount - hold.Units.Count);
        if (!MayTake(beyond, step.At))
        {
            return "refused";
        }

        var use = new UseOfUnits();
        foreach (var lot in hold.Units.Take(step.Amount))
        {
            lot.Held--;
            lot.Spent++;
            use.Units.Add(new Unit(lot));
        }

        Return(hold.Units.Skip(step.Amount), step.At);
        Take(use, beyond, step.At);
        hold.Ended = call;
        _uses.Add(step.Id, use);
        return "ok";
    }

    private string Release(MovementStep step)
    {
        if (!_holds.TryGetValue(step.Id, out var hold))
        {
            return "unknown_hold";
        }

        if (hold.Ended is not null)
        {
            return hold.Ended == "released" ? "ok" : "refused";
        }

        hold.Ended = "released";
        Return(hold.Units, step.At);
        return "ok";
    }

    private string Reverse(MovementStep step)
    {
        if (!_uses.TryGetValue(step.Id, out var use))
        {
            return _holds.ContainsKey(step.Id) ? "not_reversible" : "unknown_use";
        }

        var owing = use.Debts.Sum(debt => debt.Owed);
        var left = owing + use.Units.Count(unit => !unit.Undone);
        if (step.Amount > left)
        {
            return "exceeds_use";
        }

        var wanted = step.Amount == 0 ? left : step.Amount;
        foreach (var debt in use.Debts)
        {
            for (; wanted > 0 && debt.Owed > 0; wanted--)
            {
                debt.Owed--;
            }
        }

        for (var i = use.Units.Count - 1; i >= 0 && wanted > 0; i--)
        {
            var unit = use.Units[i];
            if (!unit.Undone && unit.Lot.Spent > 0)
            {
                unit.Undone = true;
                unit.Lot.Spent--;
                unit.Lot.Take(step.At);
                wanted--;
            }
        }

        return "ok";
    }

    private string Refund(MovementStep step)
    {
        var left = step.Amount;
        foreach (var debt in Debts)
        {
            for (; left > 0 && debt.Owed > 0; left--)
            {
                debt.Owed--;
            }
        }

        foreach (var lot in Lots.Where(lot => lot.Lives(step.At)).OrderBy(lot => lot.Bucket).ThenBy(lot => lot.End).ThenBy(lot => lot.Number))
        {
            for (; left > 0 && lot.Spent > 0; left--)
            {
                lot.Spent--;
                lot.Available++;
            }
        }

        return "ok";
    }

    private string Void(MovementStep step)
    {
        if (Lots.FirstOrDefault(lot => lot.Id == step.Id) is not { } lot)
        {
            return "unknown_grant";
        }

        if (!lot.Lives(step.At))
        {
            return "too_late";
        }

        lot.Ended = true;
        while (lot.Available > 0)
        {
            lot.Available--;
            lot.Expired++;
        }

        return "ok";
    }

    private static void Return(IEnumerable<LotOfUnits> units, Instant at)
    {
        foreach (var lot in units)
        {
            lot.Held--;
            lot.Take(at);
        }
    }

    private void Repay(Instant at)
    {
        foreach (var debt in Debts)
        {
            while (debt.Owed > 0 && Next(at) is { } lot)
            {
                debt.Owed--;
                lot.Available--;
                lot.Spent++;
                debt.Use.Units.Add(new Unit(lot));
            }
        }
    }

    private LotOfUnits? Next(Instant at) => Lots.Where(lot => lot.Available > 0 && lot.Lives(at))
        .OrderBy(lot => lot.Bucket).ThenBy(lot => lot.End).ThenBy(lot => lot.Number).FirstOrDefault();

    internal sealed record LotOfUnits(string Id, Instant End, int Bucket, int Number)
    {
        public int Available { get; set; }

        public int Held { get; set; }

        public int Spent { get; set; }

        public int Expired { get; set; }

        public bool Ended { get; set; }

        public bool Lives(Instant at) => !Ended && at < End;

        public void Take(Instant at)
        {
            if (Lives(at))
            {
                Available++;
            }
            else
            {
                Expired++;
            }
        }
    }

    internal sealed class DebtOfUnits(UseOfUnits use)
    {
        public UseOfUnits Use => use;

        public int Owed { get; set; }
    }

    internal sealed class UseOfUnits
    {
        public List<Unit> Units { get; } = [];

        public List<DebtOfUnits> Debts { get; } = [];
    }

    internal sealed class Unit(LotOfUnits lot)
    {
        public LotOfUnits Lot => lot;

        public bool Undone { get; set; }
    }

    private sealed class HoldOfUnits(Instant end)
    {
        public Instant End => end;

        public List<LotOfUnits> Units { get; } = [];

        public string? Ended { get; set; }
    }
}
