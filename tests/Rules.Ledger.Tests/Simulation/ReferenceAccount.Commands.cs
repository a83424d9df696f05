using NodaTime;
using Rules.Ledger.Journal;

namespace Rules.Ledger.Tests.Simulation;

internal sealed partial class ReferenceAccount
{
    /// <summary>Does a command that is not <see cref="Fault"/>.</summary>
    /// <param name="at">When it arrives.</param>
    /// <returns>False, and nothing but time has moved, when it is refused.</returns>
    public bool Do(ClientCommand command, long at)
    {
        if (command.Kind is 'z' or 'Z')
        {
            Reset(Math.Max(at, Last), restarts: command.Kind == 'Z');
            return true;
        }

        Advance(at);
        switch (command.Kind)
        {
            case 'g' or 'b':
                Make(command.Key, "prepaid", command.Amount, Last, EndOf(command) ?? long.MaxValue);
                Lapse(Last);
                return true;
            case 'k' when command.Amount < 0:
                GiveBack(-command.Amount * FactorOf(command, at));
                return true;
            case 'c' or 'k':
                return Use(command.Key, new ReferenceUse(), command.Amount * FactorOf(command, at));
            case 'h':
                return Hold(command, command.Amount * FactorOf(command, at));
            case 'p':
                return Capture(_holds[command.Named], command.Amount);
            case 'r':
                return Release(_holds[command.Named]);
            case 'v':
                Reverse(_uses[command.Named], command.Amount);
                return true;
            case 'f':
                Refund(command.Amount);
                return true;
            case 'x':
                End(GrantOf(command.Named)!);
                return true;
            case 'm':
                var old = GrantOf(command.Named)!;
                End(old);
                old.Successor = Make(command.Key, "prepaid", command.Amount, Last, old.End).Number;
                return true;
            case 'l':
                ChangePlan(command.Word);
                return true;
            case 's':
                _speeds.Add((Last, command.Word == "double" ? 2 : 1));
                return true;
            default:
                throw new InvalidOperationException(command.ToString());
        }
    }

    /// <summary>May it be used now? The account must be of that instant.</summary>
    public bool Covers(ClientCommand quoted, long at) => quoted.Amount * FactorOf(quoted, at) <= Room();

    /// <summary>The code with which a command is turned away without a trace; null when it is not.</summary>
    public string? Fault(ClientCommand command, long at)
    {
        var now = Math.Max(Last, at);
        return command.Kind switch
        {
            'p' or 'r' when !_holds.ContainsKey(command.Named) => "unknown_hold",
            'h' when EndOf(command) <= now => "RT18",
            'v' when !_uses.TryGetValue(command.Named, out _) => "unknown_use",
            'v' when command.Amount > _uses[command.Named].Left => "exceeds_use",
            'k' when -command.Amount * FactorOf(command, at) > Lots.Sum(lot => Math.Min(lot.Spent, _paid.Count(unit => unit == lot.Number))) => "RT06",
            'x' or 'm' => GrantOf(command.Named) is not { } lot ? "unknown_grant" : lot.IsLive(now) ? null : "too_late",
            _ => null,
        };
    }

    private static long? EndOf(ClientCommand command) => command.End is { } end ? Instants.ToMicroseconds(end) : null;

    private int FactorOf(ClientCommand command, long at) => FactorAt(command.OccurredAt is { } occurred ? Instants.ToMicroseconds(occurred) : at);

    private ReferenceLot? GrantOf(string id) => Lots.Find(lot => lot.Id == id);

    private bool Use(string id, ReferenceUse use, long credits)
    {
        if (credits > Room())
        {
            return false;
        }

        for (var unit = 0L; unit < credits; unit++)
        {
            var lot = Take();
            lot.Spent++;
            use.Add(lot.Number);
            _paid.Add(lot.Number);
        }

        _uses.Add(id, use);
        return true;
    }

    private bool Hold(ClientCommand command, long credits)
    {
        if (credits > Room())
        {
            return false;
        }

        var end = EndOf(command) ?? Last + Instants.ToMicroseconds(Instant.FromUnixTimeSeconds(SimulatedRules.HoldHours * 3600));
        var hold = new ReferenceHold(command.Key, end, [], null);
        for (var unit = 0L; unit < credits; unit++)
        {
            var lot = Take();
            lot.Held++;
            hold.Units.Add(lot.Number);
        }

        _holds.Add(hold.Id, hold);
        _open.Add(hold);
        return true;
    }

    private bool Capture(ReferenceHold hold, long credits)
    {
        var call = FormattableString.Invariant($"captured {credits}");
        if (hold.Ended is not null)
        {
            return hold.Ended == call;
        }

        if (credits - hold.Units.Count > Room())
        {
            return false;
        }

        Settle(hold, call);
        var use = new ReferenceUse();
        foreach (var unit in hold.Units.Take((int)credits))
        {
            var lot = Lots[unit - 1];
            lot.Held--;
            if (lot.IsPostpaid && lot.Cycle != _cycle)
            {
                // What was held afterwards in a cycle that is over is used in the running one.
                lot.Granted--;
                lot = Later();
                lot.Granted++;
            }

            lot.Spent++;
            use.Add(lot.Number);
            _paid.Add(lot.Number);
        }

        foreach (var unit in hold.Units.Skip((int)credits).Reverse())
        {
            Return(unit, Last, wasSpent: false);
        }

        return Use(hold.Id, use, Math.Max(0, credits - hold.Units.Count));
    }

    private bool Release(ReferenceHold hold)
    {
        if (hold.Ended is not null)
        {
            return hold.Ended == "released";
        }

        Settle(hold, "released");
        foreach (var unit in Enumerable.Reverse(hold.Units))
        {
            Return(unit, Last, wasSpent: false);
        }

        return true;
    }

    // Last drawn first; a refund in between may have taken what a lot spent.
    private void Reverse(ReferenceUse use, long credits)
    {
        var wanted = credits == 0 ? use.Left : credits;
        for (var i = use.Units.Count - 1; i >= 0 && wanted > 0; i--)
        {
            if (!use.Undone[i] && Lots[use.Units[i] - 1].Spent > 0)
            {
                use.Undone[i] = true;
                Return(use.Units[i], Last, wasSpent: true);
                Forget(use.Units[i]);
                wanted--;
            }
        }
    }

    // A correction may have given it back before.
    private void Forget(int lot)
    {
        if (_paid.LastIndexOf(lot) is >= 0 and var place)
        {
            _paid.RemoveAt(place);
        }
    }

    // What the price has drawn, last drawn first, whatever use it was.
    private void GiveBack(long credits)
    {
        for (var i = _paid.Count - 1; i >= 0 && credits > 0; i--)
        {
            if (Lots[_paid[i] - 1].Spent > 0)
            {
                Return(_paid[i], Last, wasSpent: true);
                _paid.RemoveAt(i);
                credits--;
            }
        }
    }

    private void Refund(long credits)
    {
        var order = Lots.Where(lot => lot.IsPostpaid ? lot.Cycle == _cycle : lot.IsLive(Last))
            .OrderBy(lot => lot.Bucket switch { "included" => 0, "prepaid" => 1, _ => 2 }).ThenBy(lot => lot.End).ThenBy(lot => lot.From).ThenBy(lot => lot.Number);
        foreach (var lot in order.ToList())
        {
            for (; credits > 0 && lot.Spent > 0; credits--)
            {
                Return(lot.Number, Last, wasSpent: true);
            }
        }
    }

    private static void End(ReferenceLot lot)
    {
        LapseWhole(lot);
        lot.IsEnded = true;
    }

    /// <summary>What is left of the plan's credits goes as at a renewal, and the plan grants anew; in the middle of a renewal at this very instant.</summary>
    private void Reset(long at, bool restarts)
    {
        Advance(Math.Max(Last, at - 1));
        Last = at;
        ReleaseAndLapse(at);
        var renews = Boundary(_cycle + 1) == at;
        // Of an earlier cycle is what was granted at the very instant at which that cycle was left: once used up, nobody looks at it.
        foreach (var lot in Lots.Where(lot => lot.Bucket == "included" && lot.IsLive(at) && lot.From < at && !lot.IsCarried(at)
            && (lot.Cycle == _cycle || lot.Available > 0 || lot.Held > 0)).ToList())
        {
            if (_rolls && lot.Available > 0)
            {
                var amount = lot.Available;
                lot.Moved += amount;
                lot.Available = 0;
                lot.IsEnded = true;
                lot.Successor = Make("carry", "included", amount, lot.From, lot.End, at, lot.Cycle).Number;
            }
            else
            {
                End(lot);
            }
        }

        CutCarried(at);
        // A cycle that begins at this very instant anyway is not begun again.
        restarts = restarts && !renews && _began != at;
        if (restarts)
        {
            _anchor = DateTime.UnixEpoch.AddTicks(at * 10);
            _firstCycle = _cycle + 1;
        }

        if (restarts || renews)
        {
            _cycle++;
            _began = at;
        }

        _done = at;
        if (!Lots.Any(lot => lot.Id.StartsWith("plan", StringComparison.Ordinal) && lot.From == at))
        {
            GrantPlan(at);
        }
    }

    /// <summary>The cycle begins now, and the plan's credits of the one that ends are gone; the plan that it is on is no change.</summary>
    private void ChangePlan(string plan)
    {
        if (plan == _plan)
        {
            return;
        }

        var leaving = Lots.Where(lot => lot.Bucket == "included" && lot.Cycle == _cycle && !lot.IsEnded && !lot.IsCarried(Last)).ToList();
        leaving.ForEach(End);
        _plan = plan;
        _anchor = DateTime.UnixEpoch.AddTicks(Last * 10);
        _firstCycle = _cycle + 1;
        Begin(_firstCycle);
        leaving.ForEach(lot => lot.Successor = Lots[^1].Number);
        CutCarried(Last);
    }
}
